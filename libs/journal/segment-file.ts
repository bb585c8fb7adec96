import { constants } from 'node:fs'
import { type FileHandle, open, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

const suffix = '.segment'
const zeros = Buffer.alloc(128 * 1024)
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
