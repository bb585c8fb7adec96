import { mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { uuidv7 } from '@airs-cp/events'
import { readFileIfThere, replaceFile } from '@airs-cp/files'

/** This process among all ingress processes. */
export type Instance = {
  id: string
  /** `source` of every event that it records. */
  source: string
  /** The process that used the same data directory before; undefined at the first start. */
  previous: string | undefined
  /** Makes this process the one that the next start will find. */
  remember(): Promise<void>
}

/** Names this process, and finds who was here before. */
export async function nameInstance(file: string): Promise<Instance> {
  const previous = await readFileIfThere(file)
  const id = uuidv7()
  const source = `/airs/ingress/${hostname()}/${id}`
  return {
    id,
    source,
    previous: previous?.trim() || undefined,
    async remember() {
      await mkdir(dirname(file), { recursive: true })
      await replaceFile(file, `${source}\n`)
    },
  }
}
