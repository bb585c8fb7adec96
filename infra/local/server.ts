import { poll } from './poll.ts'
import { StartError } from './start-error.ts'
import type { Supervised } from './supervised.ts'

/** A supervised Postgres or nats-server. */
export type Server = {
  process: Supervised
  port: number
  /** Where it keeps its data. */
  directory: string
  version: string
  /** Resolves when it accepts connections. */
  ready: (signal?: AbortSignal) => Promise<void>
}

const readyLimitMs = 120_000

/**
 * Waits for a server.
 * @throws StartError, with the last lines of its log, when it keeps dying or takes more than two minutes.
 */
export async function waitForServer(
  process: Supervised,
  isReady: () => Promise<boolean> | boolean,
  signal?: AbortSignal,
): Promise<void> {
  const { name, logPath } = process.command
  const withLog = (sentence: string) =>
    [sentence, ...process.crashLines().map((line) => `  ${line}`), `  (${logPath})`].join('\n')
  await poll(
    async () => {
      if (process.isCrashLooping) throw new StartError(withLog(`${name} does not start; its last lines:`))
      return (await isReady()) || undefined
    },
    {
      limitMs: readyLimitMs,
      signal,
      late: () => withLog(`${name} is not ready after two minutes; its last lines:`),
    },
  )
}
