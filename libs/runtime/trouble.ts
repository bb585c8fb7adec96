import type { Logger } from './log.ts'

/** Something that can fail for a while and work again. */
export type Trouble = {
  failed(error: unknown): void
  worked(): void
}

/** While something fails it is logged again after this time, not at each attempt. */
const againAfterMs = 60_000

/**
 * Logs when something fails and when it has recovered, both as warnings, so that nobody looks for what is over.
 *
 * | state   | `failed`                                    | `worked`                                      |
 * |---------|---------------------------------------------|-----------------------------------------------|
 * | well    | logs `problem` → failing                    | nothing                                       |
 * | failing | logs `problem` again, at most once a minute | logs `recovered` with the problem and how long it lasted → well |
 *
 * @param problem a static message.
 */
export function logTrouble(
  log: Logger,
  problem: string,
  details: Record<string, unknown> = {},
  now: () => number = () => performance.now(),
): Trouble {
  let began: { atMs: number; loggedAtMs: number; failures: number } | undefined
  return {
    failed(err) {
      const atMs = now()
      const isNews = began === undefined || atMs - began.loggedAtMs >= againAfterMs
      began ??= { atMs, loggedAtMs: atMs, failures: 0 }
      began.failures++
      if (!isNews) return
      began.loggedAtMs = atMs
      log.warn({ ...details, ...(err !== undefined && { err }), failures: began.failures }, problem)
    },
    worked() {
      if (!began) return
      const { atMs, failures } = began
      began = undefined
      log.warn({ ...details, problem, failures, lastedMs: Math.round(now() - atMs) }, 'recovered')
    },
  }
}

/** For `repeat` and whoever else reports failure and recovery of one thing. */
export function logRecovery(
  log: Logger,
  problem: string,
  details?: Record<string, unknown>,
): { onProblem: (error: unknown) => void; onRecovery: () => void } {
  const { failed, worked } = logTrouble(log, problem, details)
  return { onProblem: failed, onRecovery: worked }
}

/** For whoever reports failure and recovery of several things, each by its message. */
export function logRecoveries(log: Logger): {
  onProblem: (problem: string, error: unknown) => void
  onRecovery: (problem: string) => void
} {
  const troubles = new Map<string, Trouble>()
  return {
    onProblem(problem, error) {
      const trouble = troubles.get(problem) ?? logTrouble(log, problem)
      troubles.set(problem, trouble)
      trouble.failed(error)
    },
    onRecovery(problem) {
      troubles.get(problem)?.worked()
      troubles.delete(problem)
    },
  }
}

/** Whether things of one kind, such as providers, work. */
export type Failures = {
  failed(name: string, error: unknown, exchange: string): void
  worked(name: string): void
  /** Either, by how a call ended: with an error, `complete`, or in a way that says nothing about it. */
  ended(name: string, end: object | string, exchange: string): void
}

/**
 * Logs each failure of several things of one kind with its exchange, and once that a thing works again.
 * @param problem a static message. @param of names them in the log.
 */
export function logFailures(
  log: Logger,
  problem: string,
  of: string,
  now: () => number = () => performance.now(),
): Failures {
  const failing = new Map<string, { atMs: number; failures: number }>()
  const failures: Failures = {
    failed(name, err, exchange) {
      const began = failing.get(name) ?? { atMs: now(), failures: 0 }
      began.failures++
      failing.set(name, began)
      log.warn({ err, exchange, [of]: name }, problem)
    },
    worked(name) {
      if (failing.size === 0) return
      const began = failing.get(name)
      if (!began || !failing.delete(name)) return
      const lastedMs = Math.round(now() - began.atMs)
      log.warn({ [of]: name, problem, failures: began.failures, lastedMs }, 'recovered')
    },
    ended(name, end, exchange) {
      if (typeof end === 'object') failures.failed(name, end, exchange)
      else if (end === 'complete') failures.worked(name)
    },
  }
  return failures
}
