import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A place outside of the log where its checkpoints are kept too. */
export type Anchor = {
  name: string
  /** Takes a published checkpoint; does not wait for it to be kept. */
  offer(note: string, size: number): void
  /** Why the newest one is not kept there; undefined where it is. */
  problem(): string | undefined
  close(): Promise<void>
}

/**
 * Keeps the newest checkpoint that was offered, one at a time and at most every `everyMs`; one that could not be kept is
 * superseded by the next, which commits to all that it did.
 */
export function createAnchor(
  name: string,
  keep: (note: string, size: number) => Promise<void>,
  everyMs: number,
): Anchor {
  let newest: { note: string; size: number } | undefined
  let running: Promise<void> | undefined
  let problem: string | undefined
  let wake = () => {}
  let isClosed = false

  async function run(): Promise<void> {
    while (newest) {
      const { note, size } = newest
      newest = undefined
      try {
        await keep(note, size)
        problem = undefined
      } catch (error) {
        problem = `Anchor ${name} does not take checkpoints: ${(error as Error).message}`
        newest ??= { note, size }
      }
      if (isClosed) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs)
        timer.unref()
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  return {
    name,
    offer(note, size) {
      newest = { note, size }
      running ??= run().finally(() => {
        running = undefined
      })
    },
    problem: () => problem,
    async close() {
      isClosed = true
      wake()
      await running
    },
  }
}

/** Appends each checkpoint, and an empty line behind it, to a file. */
export function anchorInFile(file: string): Anchor {
  return createAnchor(
    `file ${file}`,
    async (note) => {
      await mkdir(dirname(file), { recursive: true })
      const handle = await open(file, 'a')
      try {
        await handle.appendFile(`${note}\n`)
        await handle.sync()
      } finally {
        await handle.close()
      }
    },
    1_000,
  )
}

/** Posts each checkpoint as it is. */
export function anchorAtWebhook(url: string, everyMs: number): Anchor {
  return createAnchor(
    `webhook ${new URL(url).host}`,
    async (note) => {
      const response = await fetch(url, {
        method: 'POST',
        body: note,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        redirect: 'error',
        signal: AbortSignal.timeout(10_000),
      })
      await response.body?.cancel()
      if (!response.ok) throw new Error(`it responded with status ${response.status}`)
    },
    everyMs,
  )
}
