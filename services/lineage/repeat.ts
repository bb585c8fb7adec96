const idleMs = 250

/**
 * Does one step after the other for ever, and rests while there is nothing to do.
 * @param step answers whether there may be more to do at once.
 */
export function repeat(
  step: () => Promise<boolean>,
  onProblem: (error: unknown) => void,
): { close(): Promise<void> } {
  const closed = Promise.withResolvers<void>()
  let isClosed = false
  const loop = (async () => {
    while (!isClosed) {
      const isBusy = await step().catch((error: unknown) => {
        onProblem(error)
        return false
      })
      if (!isBusy)
        await Promise.race([closed.promise, new Promise((resolve) => setTimeout(resolve, idleMs).unref())])
    }
  })()
  return {
    async close() {
      isClosed = true
      closed.resolve()
      await loop
    },
  }
}
