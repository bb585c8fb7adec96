import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type ArchivedEvent, readParquet, writeParquet } from '@airs-cp/archive'
import { type ArchivedDay, splitLines } from '@airs-cp/manifest'

/**
 * Writes the rows of an archived day into a Parquet file, which is on disk when it resolves, and reads it back.
 * @param from the rows as lines; @param sha256 of them.
 * @throws when what is read back is not what was written.
 */
export async function packParquet(
  from: string,
  to: string,
  { leaves }: ArchivedDay,
  sha256: string,
): Promise<{ bytes: number; sha256: string }> {
  await writeParquet(to, eventsOf(from, leaves.from))
  await readBack(to, sha256)
  return digestFile(to)
}

async function* eventsOf(file: string, firstLeaf: number): AsyncGenerator<ArchivedEvent> {
  let leaf = firstLeaf
  for await (const line of splitLines(createReadStream(file))) yield { line, leaf: leaf++ }
}

async function readBack(file: string, sha256: string): Promise<void> {
  const content = createHash('sha256')
  for await (const { line, wrong } of readParquet(file)) {
    if (wrong.length > 0)
      throw new Error(`${file}: columns are not what their event says: ${wrong.join(', ')}`)
    content.update(line).update('\n')
  }
  if (content.digest('hex') !== sha256) throw new Error(`${file}: what is read back is not what was written`)
}

async function digestFile(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk as Buffer)
    bytes += (chunk as Buffer).length
  }
  return { bytes, sha256: hash.digest('hex') }
}
