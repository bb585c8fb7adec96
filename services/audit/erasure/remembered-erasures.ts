import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseEvent } from '@airs-cp/events'
import { syncDirectory } from '@airs-cp/files'

/**
 * The erasures that were asked for, outside of Postgres: a line each, the event. After a restore from a backup they are
 * carried out again. They name sessions and exchanges, and have no content.
 */
export type RememberedErasures = {
  /** On disk when it resolves. */
  add(id: string, event: string): Promise<void>
  /** Events by their ids. */
  read(): Promise<Map<string, string>>
}

export function rememberErasures(file: string): RememberedErasures {
  let known: Map<string, string> | undefined

  async function read(): Promise<Map<string, string>> {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    known = new Map(
      // The last line is broken where the machine failed; then its erasure is in Postgres or in the stream.
      text.split('\n').flatMap((line) => {
        try {
          return [[parseEvent(line).id, line] as const]
        } catch {
          return []
        }
      }),
    )
    return known
  }

  return {
    read,
    async add(id, event) {
      if ((known ?? (await read())).has(id)) return
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      const handle = await open(file, 'a', 0o600)
      try {
        await handle.appendFile(`\n${event}\n`)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await syncDirectory(dirname(file))
      known!.set(id, event)
    },
  }
}
