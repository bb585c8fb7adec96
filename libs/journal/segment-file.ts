import { constants } from 'node:fs'
import { type FileHandle, open, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

const suffix = '.segment'
const zeros = Buffer.alloc(128 * 1024)
/** One write is under way at a time, of at most a batch or the largest entry. */
const rewrittenBytes = 4 * 1024 * 1024
/** Time left to others, for each unit of time that allocating takes. */
const allocationPause = 4

export function segmentFile(directory: string, journal: string, segment: number): string {
  return join(directory, journal, `${String(segment).padStart(8, '0')}${suffix}`)
}

/** The numbers of the segments among the names of files, ascending. */
export function segmentNumbers(names: string[]): number[] {
  return names
    .filter((name) => name.endsWith(suffix))
    .map((name) => Number.parseInt(name, 10))
    .filter(Number.isSafeInteger)
    .sort((a, b) => a - b)
}

/**
 * Creates a segment with all its blocks written, so that a later write into it changes no metadata and syncs fast,
 * and opens it so that every write is synced (O_DSYNC). Leaves the disk to others most of the time, for entries are
 * being written meanwhile, unless it is `urgent`.
 */
export async function allocateSegment(
  file: string,
  bytes: number,
  urgent: () => boolean,
): Promise<FileHandle> {
  const allocating = await open(file, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600)
  try {
    for (let at = 0; at < bytes; at += zeros.length) {
      const startedMs = performance.now()
      const length = Math.min(zeros.length, bytes - at)
      let written = 0
      while (written < length)
        written += (await allocating.write(zeros, written, length - written, at + written)).bytesWritten
      if (urgent()) continue
      await allocating.datasync()
      await sleep(allocationPause * (performance.now() - startedMs))
    }
    await allocating.datasync()
  } finally {
    await allocating.close()
  }
  return open(file, constants.O_RDWR | (constants.O_DSYNC ?? constants.O_SYNC))
}

/**
 * Cuts off what a process left in a segment behind its entries, writes the end of them once more, and syncs both. Where its last sync
 * failed, the system shows bytes that it never brings to the disk: the next power cut takes away what a reader has seen, and a later sync
 * reports no error.
 * @param to where the entries end.
 */
export async function endSynced(file: string, to: number): Promise<void> {
  const from = Math.max(0, to - rewrittenBytes)
  const handle = await open(file, 'r+')
  try {
    const bytes = await readIfReadable(handle, from, to - from)
    for (let done = 0; done < bytes.length; )
      done += (await handle.write(bytes, done, bytes.length - done, from + done)).bytesWritten
    await handle.truncate(to)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** None where the disk does not give all of them back: what stands for them must not be written over what it may give back later. */
async function readIfReadable(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  try {
    for (let done = 0; done < length; ) {
      const { bytesRead } = await handle.read(bytes, done, length - done, from + done)
      if (bytesRead === 0) return bytes.subarray(0, done)
      done += bytesRead
    }
    return bytes
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EIO') return bytes.subarray(0, 0)
    throw error
  }
}

export async function truncateSynced(file: string, bytes: number): Promise<void> {
  await truncate(file, bytes)
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** For `catch`: what should be deleted is gone already. */
export function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
