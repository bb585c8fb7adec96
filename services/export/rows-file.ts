import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** The file that the rows of an export go to, one behind the other, with the digest of what is in it. */
export type RowsFile = {
  readonly bytes: number
  write(chunk: Buffer): Promise<void>
  /** What was written is on disk when it resolves. */
  sync(): Promise<void>
  digest(): string
  close(): Promise<void>
}

/** Opens it anew, or with the first `keepBytes` of an interrupted attempt. @throws when there are fewer. */
export async function openRowsFile(file: string, keepBytes: number): Promise<RowsFile> {
  const handle = await open(file, keepBytes > 0 ? 'r+' : 'w', 0o600)
  try {
    const hash = createHash('sha256')
    await keep(handle, file, keepBytes, hash)
    return createRowsFile(handle, keepBytes, hash)
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function keep(handle: FileHandle, file: string, bytes: number, hash: Hash): Promise<void> {
  if (bytes === 0) return
  const { size } = await handle.stat()
  if (size < bytes) throw new Error(`${file} has ${size} bytes, and ${bytes} were written`)
  await handle.truncate(bytes)
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk)
}

function createRowsFile(handle: FileHandle, from: number, hash: Hash): RowsFile {
  let bytes = from
  return {
    get bytes() {
      return bytes
    },
    async write(chunk) {
      hash.update(chunk)
      let done = 0
      while (done < chunk.length)
        done += (await handle.write(chunk, done, chunk.length - done, bytes + done)).bytesWritten
      bytes += chunk.length
    },
    sync: () => handle.datasync(),
    digest: () => hash.copy().digest('hex'),
    close: () => handle.close(),
  }
}
