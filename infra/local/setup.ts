import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { lastLines } from './log-file.ts'
import { crashLines } from './log-line.ts'
import { StartError } from './start-error.ts'

/**
 * Runs the one-shot that brings servers into the shape that the services expect: schemas, roles, streams.
 * @throws StartError, with the last lines of its log, when it fails.
 */
export async function runSetup(options: {
  entry: string
  cwd: string
  env: NodeJS.ProcessEnv
  logPath: string
  signal?: AbortSignal
}): Promise<void> {
  if (!existsSync(options.entry)) return
  const log = openSync(options.logPath, 'a', 0o600)
  const child = spawn(process.execPath, [options.entry], {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  const stop = () => child.kill('SIGTERM')
  options.signal?.addEventListener('abort', stop)
  const [code] = await once(child, 'exit')
  options.signal?.removeEventListener('abort', stop)
  options.signal?.throwIfAborted()
  if (code === 0) return
  const lines = crashLines('setup', lastLines(options.logPath, 50)).map((line) => `  ${line}`)
  throw new StartError(
    [`Setting up the database and streams failed (${options.logPath}):`, ...lines].join('\n'),
  )
}
