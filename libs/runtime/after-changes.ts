export type AfterChanges = {
  /** The work is to be done, soon, once for all changes until then. */
  changed(): void
  /** Does what is still to be done, once, and waits for it. */
  close(): Promise<void>
}

/**
 * Does `work` soon after a change, never twice at the same time, and with a pause of at least `restMs` behind each time.
 * Work that throws is done again after the pause, until it is closed; `work` reports what went wrong by itself.
 */
export function afterChanges(restMs: number, work: () => Promise<void>): AfterChanges {
  let isChanged = false
  let isClosed = false
  let running: Promise<void> | undefined
  let endRest = () => {}

  async function run(): Promise<void> {
    while (isChanged) {
      isChanged = false
      try {
        await work()
      } catch {
        isChanged = !isClosed
      }
      if (!isClosed) await rest()
    }
    running = undefined
  }

  function rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, restMs).unref()
      endRest = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  return {
    changed() {
      isChanged = true
      running ??= run()
    },
    async close() {
      isClosed = true
      endRest()
      await running
    },
  }
}
