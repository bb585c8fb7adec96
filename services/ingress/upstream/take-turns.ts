import { turn, turnMs } from '@airs-cp/policy-engine'
import type { Source } from './start-call.ts'

/**
 * Lets others on this thread have their turn while a response comes faster than it is taken: one read of a connection may bring
 * megabytes. Whoever pauses the source waits for nobody else who does.
 */
export function createTurns() {
  let pauses = 0
  let source: Source | undefined
  let spentMs = 0
  const pause = () => {
    pauses += 1
    if (pauses === 1) source?.pause()
  }
  const resume = () => {
    pauses -= 1
    if (pauses === 0) source?.resume()
  }
  return {
    /** The source as others see it. */
    of(received: Source): Source {
      source = received
      return { pause, resume, abort: (reason) => received.abort(reason) }
    },
    /** Takes chunks, and gives turns. What `take` returns is waited for; it does not reject. */
    taking:
      (take: (chunk: Buffer) => Promise<void> | undefined) =>
      (chunk: Buffer): void => {
        const begunAtMs = performance.now()
        const waiting = take(chunk)
        if (waiting) {
          pause()
          void waiting.then(resume)
        }
        spentMs += performance.now() - begunAtMs
        if (spentMs < turnMs) return
        spentMs = 0
        pause()
        void turn().then(resume)
      },
  }
}
