import { isPassing } from './is-passing.ts'
import { pause } from './pause.ts'

export type WaitOptions<State> = {
  signal?: AbortSignal
  /** Called with each state that was read, the last one included. */
  onProgress?: (state: State) => void
}

/**
 * Reads a state again and again until `isOver`; the pause grows from `firstPollMs` to `slowestPollMs`.
 * @param patienceMs how long AIRS-CP may be unavailable meanwhile.
 * @throws what `read` or `isOver` throws, and the signal's reason.
 */
export async function waitFor<State>(
  read: () => Promise<State>,
  isOver: (state: State) => boolean,
  { signal, onProgress }: WaitOptions<State> = {},
  patienceMs = 30_000,
): Promise<State> {
  let respondedAtMs = performance.now()
  for (let delayMs = firstPollMs; ; delayMs = Math.min(delayMs * 1.5, slowestPollMs)) {
    signal?.throwIfAborted()
    const state = await read().catch((error: unknown) => {
      if (!isPassing(error) || performance.now() - respondedAtMs > patienceMs) throw error
    })
    if (state !== undefined) {
      respondedAtMs = performance.now()
      onProgress?.(state)
      if (isOver(state)) return state
    }
    await pause(delayMs, signal)
  }
}

const firstPollMs = 50
const slowestPollMs = 500
