import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'

/** The file of an export while it arrives, as `PATH.part`, readable for its owner alone. */
export type PartFile = {
  bytes(): number
  digest(): string
  write(chunk: Uint8Array): Promise<void>
  startOver(): Promise<void>
  close(): Promise<void>
  discard(): Promise<void>
  /** Syncs it and names it what it is to be named. */
  finish(): Promise<string>
}

/** Goes on with what is there, unless that is more than the export has. */
export async function openPartFile(path: string, limitBytes: number): Promise<PartFile> {
  const partPath = `${path}.part`
  let hash = createHash('sha256')
  let bytes = 0
  const size = await stat(partPath).then(
    (found) => found.size,
    () => 0,
  )
  if (size > 0 && size <= limitBytes)
    for await (const chunk of createReadStream(partPath)) {
      hash.update(chunk)
      bytes += chunk.length
    }
  const file = await open(partPath, bytes > 0 ? 'r+' : 'w', 0o600)
  return {
    bytes: () => bytes,
    digest: () => hash.copy().digest('hex'),
    async write(chunk) {
      await file.write(chunk, 0, chunk.length, bytes)
      hash.update(chunk)
      bytes += chunk.length
    },
    async startOver() {
      await file.truncate(0)
      hash = createHash('sha256')
      bytes = 0
    },
    close: () => file.close(),
    async discard() {
      await file.close()
      await rm(partPath)
    },
    async finish() {
      await file.sync()
      await file.close()
      await rename(partPath, path)
      return path
    },
  }
}
