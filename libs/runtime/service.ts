import { flushCompileCache } from 'node:module'
import { ConfigError } from './config.ts'
import { createLogger, type Logger } from './log.ts'
import { releaseMemory } from './release-memory.ts'
import { startTelemetry, type Telemetry } from './telemetry.ts'

/** A running service. `close` stops taking work, finishes what it has within a time limit, and lets go of everything. */
export type Running = AsyncDisposable & { close(): Promise<void> }

/** Ends the process as an error does that nobody caught, for what no part of a service can go on after. */
export function endProcess(error: Error): void {
  setImmediate(() => {
    throw error
  })
}

/**
 * Runs a service as a process, and never returns:
 *
 * | what happens                                         | what it does                                              | exit code |
 * |------------------------------------------------------|-----------------------------------------------------------|-----------|
 * | SIGINT, SIGTERM, or the end of its supervisor         | aborts `signal`, waits for the start, closes the service  | 0 |
 * | the same, and `start` rejects with `signal`'s reason  | nothing is left to close                                  | 0 |
 * | `start` rejects                                       | writes one sentence to standard error                     | 1 |
 * | an error that nobody catches                          | logs it; a supervisor starts the service again            | 1 |
 */
export async function runService(
  name: string,
  start: (context: { log: Logger; env: NodeJS.ProcessEnv; signal: AbortSignal }) => Promise<Running>,
): Promise<void> {
  const env = process.env
  const log = createLogger(name, env.AIRS_LOG)
  const crash = (err: unknown) => {
    log.fatal({ err }, 'uncaught error')
    process.exit(1)
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)

  const stop = Promise.withResolvers<string>()
  const stopping = new AbortController()
  void stop.promise.then(() => stopping.abort())
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.resolve(signal))
  if (process.send) process.on('disconnect', () => stop.resolve('supervisor ended'))

  let running: Running
  let telemetry: Telemetry
  try {
    telemetry = await startTelemetry(name, env, log)
    running = await start({ log, env, signal: stopping.signal })
  } catch (error) {
    if (stopping.signal.aborted && (error as Error).name === 'AbortError') process.exit(0)
    const message = error instanceof Error ? error.message : String(error)
    process.stderr.write(`${name}: ${message}\n`)
    if (!(error instanceof ConfigError)) log.error({ err: error }, 'start failed')
    process.exit(1)
  }
  // Written at the end of the process otherwise: a thousand files, within the time that it has to stop.
  flushCompileCache()
  releaseMemory()
  log.info('ready')
  const reason = await stop.promise
  log.info({ reason }, 'stopping')
  await running.close()
  await telemetry.close()
  log.info('stopped')
  process.exit(0)
}
