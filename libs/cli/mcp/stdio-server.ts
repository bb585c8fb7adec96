import { type ChildProcess, spawn } from 'node:child_process'
import { splitLines } from '@airs-cp/manifest'

// biome-ignore lint/suspicious/noExplicitAny: messages of whoever speaks
export type Message = any

/** A program that speaks the stdio transport: a message of JSON-RPC a line. */
export type StdioServer = {
  /** False once it has ended. */
  isRunning(): boolean
  send(message: Message): void
  /** Asks it to end, and kills it where it does not within a second. */
  stop(): void
}

const patienceMs = 1_000
/** A line without an end is no message. */
const longestLine = 64 * 1024 * 1024

/**
 * Starts it. Its standard error is for people and goes to ours.
 * @param onEnd once, with why it has ended; no message comes after that.
 */
export function startStdioServer(
  [program, ...args]: readonly [string, ...string[]],
  {
    env,
    onMessage,
    onEnd,
    note,
  }: {
    env: NodeJS.ProcessEnv
    onMessage: (message: Message) => void
    onEnd: (reason: string) => void
    note: (text: string) => void
  },
): StdioServer {
  const child: ChildProcess = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
  let isRunning = true
  const ended = (reason: string) => {
    if (!isRunning) return
    isRunning = false
    onEnd(reason)
  }
  child.on('error', (error) => ended(`cannot be started: ${error.message}`))
  child.on('close', async (code, signal) => {
    await reading
    ended(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`)
  })
  // It may end while a message is on its way; that it has ended is reported by then.
  child.stdin!.on('error', () => {})
  const read = async () => {
    for await (const bytes of splitLines(child.stdout!, { longestBytes: longestLine })) {
      const line = bytes.toString('utf8')
      if (line.trim() === '' || !isRunning) continue
      let message: Message
      try {
        message = JSON.parse(line)
      } catch {
        note(`The server wrote a line that is no message: ${line.slice(0, 200)}`)
        continue
      }
      onMessage(message)
    }
  }
  const reading = read().catch((error: Error) => {
    note(`The output of the server cannot be read: ${error.message}`)
    child.kill('SIGKILL')
  })
  return {
    isRunning: () => isRunning,
    send: (message) => void child.stdin!.write(`${JSON.stringify(message)}\n`),
    stop() {
      child.stdin!.end()
      child.kill('SIGTERM')
      setTimeout(() => child.kill('SIGKILL'), patienceMs).unref()
    },
  }
}
