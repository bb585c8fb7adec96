/** Calls `work` at once and from then on again and again, never twice at the same time. `stop` waits for what is under way. */
export function runEvery(intervalMs: number, work: () => Promise<void>): { stop(): Promise<void> } {
  let running: Promise<void> | undefined
  const run = () => {
    running ??= work().finally(() => {
      running = undefined
    })
  }
  const timer = setInterval(run, intervalMs)
  run()
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
