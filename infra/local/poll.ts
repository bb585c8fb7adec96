import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from './start-error.ts'

export type PollOptions = {
  limitMs: number
  intervalMs?: number
  signal?: AbortSignal
  /** Says what was waited for without success. */
  late: () => string
}

/**
 * Asks until the response is not undefined, and resolves with it.
 * @throws StartError after the limit, the signal's reason when it is aborted, whatever `ask` throws.
 */
export async function poll<Result>(
  ask: () => Promise<Result | undefined> | Result | undefined,
  { limitMs, intervalMs = 20, signal, late }: PollOptions,
): Promise<Result> {
  const deadline = Date.now() + limitMs
  for (;;) {
    signal?.throwIfAborted()
    const result = await ask()
    if (result !== undefined) return result
    if (Date.now() > deadline) throw new StartError(late())
    await sleep(intervalMs)
  }
}
