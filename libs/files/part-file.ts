import { createHash, type Hash } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDirectory } from './replace-file.ts'

/** `FILE.part`, which gets the name `FILE` only when it is complete and synced. For its user alone. */
export type PartFile = {
  /** The final name. */
  file: string
  /** What an earlier attempt left: how many bytes, and a SHA-256 that has taken them in. */
  resume: { bytes: number; hash: Hash }
  write(chunk: Buffer): Promise<void>
  complete(): Promise<void>
  /** Leaves what is there for another attempt. */
  close(): Promise<void>
  discard(): Promise<void>
}

/**
 * @param mode `begin` overwrites what an earlier attempt left, `resume` continues it.
 * @throws what the disk says, as each of its methods does.
 */
export async function openPartFile(file: string, mode: 'begin' | 'resume'): Promise<PartFile> {
  const part = `${file}.part`
  const handle = await open(part, mode === 'begin' ? 'w+' : 'a+', 0o600)
  const hash = createHash('sha256')
  let bytes = 0
  if (mode === 'resume')
    for await (const chunk of handle.createReadStream({
      start: 0,
      autoClose: false,
    }) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      bytes += chunk.length
    }
  return {
    file,
    resume: { bytes, hash },
    write: (chunk) => handle.appendFile(chunk),
    async complete() {
      await handle.sync()
      await handle.close()
      await rename(part, file)
      await syncDirectory(dirname(file))
    },
    close: () => handle.close(),
    async discard() {
      await handle.close()
      await rm(part, { force: true })
    },
  }
}
