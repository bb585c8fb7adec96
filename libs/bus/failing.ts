import { TimeoutError } from '@nats-io/nats-core'

/** While a stack starts, and while a leader is elected, JetStream is silent for a moment. */
const briefMs = 3_000

export type Failing = {
  fails(problem: string, error: unknown): void
  works(problem: string): void
}

/**
 * What does not work at the moment, by problem.
 *
 * | it                        | reported                                            |
 * |---------------------------|-----------------------------------------------------|
 * | fails                     | to `onProblem`, each time                           |
 * | times out                 | the same, if it has failed for three seconds        |
 * | works, and was reported   | to `onRecovery`, once                               |
 * | works, and was not        | not                                                 |
 *
 * @param nowMs of a clock that only goes forward.
 */
export function createFailing(
  onProblem: (problem: string, error: unknown) => void,
  onRecovery: (problem: string) => void,
  nowMs: () => number = () => performance.now(),
): Failing {
  const failing = new Map<string, { sinceMs: number; isReported: boolean }>()
  return {
    fails(problem, error) {
      const known = failing.get(problem) ?? { sinceMs: nowMs(), isReported: false }
      failing.set(problem, known)
      if (error instanceof TimeoutError && nowMs() - known.sinceMs < briefMs) return
      known.isReported = true
      onProblem(problem, error)
    },
    works(problem) {
      const known = failing.get(problem)
      failing.delete(problem)
      if (known?.isReported) onRecovery(problem)
    },
  }
}
