import type { Running } from './service.ts'

export type RepeatedWork = Running & {
  /** Does the work now, or once more as soon as the work under way has ended. */
  wake(): void
}

export type RepeatReports = {
  onProblem: (error: unknown) => void
  /** Called when work returns that has thrown before. */
  onRecovery?: () => void
}

/**
 * Does `work` at once and then again and again, never twice at the same time:
 *
 * | what happens                   | next start of `work`                      |
 * |--------------------------------|-------------------------------------------|
 * | it returns                     | `everyMs` later, or at the next `wake()`; `onRecovery` if it threw before |
 * | it returns `'more'`            | at once                                   |
 * | it throws                      | as after a return; `onProblem` has the error |
 * | `wake()` while it is under way | at once                                   |
 * | `close()`                      | never; `signal` aborts, and `close` waits for the work under way |
 *
 * Errors that follow from the abort are not reported.
 */
export function repeat({
  everyMs,
  work,
  onProblem,
  onRecovery = () => {},
}: RepeatReports & {
  everyMs: number
  // biome-ignore lint/suspicious/noConfusingVoidType: most work returns nothing
  work: (signal: AbortSignal) => Promise<'more' | void>
}): RepeatedWork {
  const closing = new AbortController()
  let awaken = () => {}
  let isAwake = true
  let hasFailed = false
  const loop = (async () => {
    while (!closing.signal.aborted) {
      isAwake = false
      try {
        if ((await work(closing.signal)) === 'more') isAwake = true
        if (hasFailed) onRecovery()
        hasFailed = false
      } catch (error) {
        if (!closing.signal.aborted) onProblem(error)
        hasFailed = true
      }
      if (!isAwake && !closing.signal.aborted) await rest()
    }
  })()

  function rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, everyMs)
      awaken = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async function close(): Promise<void> {
    closing.abort()
    awaken()
    await loop
  }

  return {
    wake() {
      isAwake = true
      awaken()
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
