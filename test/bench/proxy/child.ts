import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { lastLines } from '../../../infra/local/log-file.ts'

/** A process of the benchmark. Its output goes to a file. It ends with us, because it sees its channel close. */
export type Child = {
  pid: number
  send(message: object): void
  /** Its next message. @throws with the last lines of its log when it dies first. */
  message<Message>(): Promise<Message>
  stop(): Promise<void>
}

export async function startChild({
  program = process.execPath,
  args,
  env,
  logPath,
  cores,
}: {
  /** Default: our Node.js. */
  program?: string | undefined
  args: string[]
  env: NodeJS.ProcessEnv
  logPath: string
  cores?: string | undefined
}): Promise<Child> {
  const command = [program, ...args]
  if (cores) command.unshift('taskset', '--cpu-list', cores)
  const log = openSync(logPath, 'a')
  const child = spawn(command[0]!, command.slice(1), {
    env,
    stdio: ['ignore', log, log, 'ipc'],
    serialization: 'advanced',
  })
  closeSync(log)
  await once(child, 'spawn')
  return {
    pid: child.pid!,
    send: (message) => child.send(message),
    message: <Message>() => nextMessage(child, logPath) as Promise<Message>,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      const kill = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await exited
      clearTimeout(kill)
    },
  }
}

function nextMessage(child: ChildProcess, logPath: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      child.off('exit', onExit)
      resolve(message)
    }
    const onExit = () => {
      child.off('message', onMessage)
      reject(new Error([`${child.spawnargs.join(' ')} died:`, ...lastLines(logPath, 20)].join('\n')))
    }
    child.once('message', onMessage)
    child.once('exit', onExit)
  })
}
