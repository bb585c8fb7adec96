import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterChanges } from '@airs-cp/runtime'

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
  let problem: string | undefined
  const keeping = afterChanges(everyMs, async () => {
    const { note, size } = newest!
    try {
      await keep(note, size)
      problem = undefined
    } catch (error) {
      problem = `Anchor ${name} does not take checkpoints: ${(error as Error).message}`
      throw error
    }
  })
  return {
    name,
    offer(note, size) {
      newest = { note, size }
      keeping.changed()
    },
    problem: () => problem,
    close: keeping.close,
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
