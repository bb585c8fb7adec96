import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { maxEventBytes } from '@airs-cp/events'
import { splitLines } from '@airs-cp/manifest'
import { CommandError } from './command-error.ts'
import { exitCodes } from './exit-codes.ts'
import { whyNotRead } from './why-not-read.ts'

/** A file of events, one per line, compressed or not. */
export type EventFile = {
  path: string
  /** As it lies on the disk. */
  storedBytes: number
  /**
   * Its lines from the beginning, without their ends.
   * @param onRead receives how many of the stored bytes are read.
   * @throws CommandError when it cannot be read to its end, or its last line is cut.
   */
  lines(onRead?: (storedBytes: number) => void): AsyncGenerator<Buffer>
}

type Decompressor = () => NodeJS.ReadWriteStream

/** By the first bytes of a file (RFC 1952, RFC 8878), whatever its name. */
const decompressors: [magic: number[], Decompressor][] = [
  [[0x1f, 0x8b], createGunzip],
  [[0x28, 0xb5, 0x2f, 0xfd], createZstdDecompress],
]

/**
 * @param consequence of a damaged file, for whoever reads the error.
 * @throws CommandError when there is no such file.
 */
export async function openEventFile(path: string, consequence = ''): Promise<EventFile> {
  const damaged = (reason: string): never => {
    throw new CommandError(
      exitCodes.failed,
      'file_damaged',
      `${path} is not whole: ${reason}. ${consequence}`.trim(),
    )
  }
  const decompressor = await findDecompressor(path)
  const { size } = await stat(path)
  return {
    path,
    storedBytes: size,
    async *lines(onRead = () => {}) {
      const stored = createReadStream(path, { highWaterMark: 256 * 1024 })
      try {
        for await (const line of splitLines(decompressor ? through(stored, decompressor()) : stored, {
          longestBytes: maxEventBytes,
          tooLong: (bytes) => damaged(`a line is longer than any event: ${bytes} bytes at most`),
          unended: () => damaged('its last line does not end: the file is cut'),
        })) {
          onRead(stored.bytesRead)
          yield line
        }
      } catch (error) {
        if (error instanceof CommandError) throw error
        damaged((error as Error).message)
      } finally {
        stored.destroy()
      }
    },
  }
}

export type Contents = { events: number; bytes: number; sha256: string }

/** Counts what passes, with a digest of it as it stood in the file. */
export function createContents(): { add(line: Buffer): void; result(): Contents } {
  const hash = createHash('sha256')
  let events = 0
  let bytes = 0
  return {
    add(line) {
      hash.update(line).update('\n')
      events++
      bytes += line.length + 1
    },
    result: () => ({ events, bytes, sha256: hash.digest('hex') }),
  }
}

async function findDecompressor(path: string): Promise<Decompressor | undefined> {
  try {
    await using handle = await open(path)
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0)
    return decompressors.find(([magic]) => magic.every((byte, index) => buffer[index] === byte))?.[1]
  } catch (error) {
    throw new CommandError(exitCodes.usage, 'usage', `${path} cannot be read: ${whyNotRead(error)}.`, {
      cause: error,
    })
  }
}

function through(stored: Readable, decompressor: NodeJS.ReadWriteStream): AsyncIterable<Buffer> {
  pipeline(stored, decompressor, () => {
    // Whoever reads the decompressor gets the error.
  })
  return decompressor as unknown as AsyncIterable<Buffer>
}
