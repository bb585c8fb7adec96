import { closeSync, fstatSync, openSync } from 'node:fs'
import { readdir, rmdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { syncDirectory } from '@airs-cp/files'
import type { Epoch, Segment } from './epoch.ts'
import { saltOf } from './frame.ts'
import { readBytes } from './read-bytes.ts'
import { readFirstFrame } from './read-first-frame.ts'
import { type SegmentScan, scanSegment, tornTail } from './scan-segment.ts'
import { endSynced, segmentFile, segmentNumbers } from './segment-file.ts'
import type { JournalReport } from './types.ts'

type First = Pick<SegmentScan, 'first' | 'firstTimeMs'>

/**
 * Brings an epoch that another process, or this one before a failure, left behind into its final shape: a torn tail
 * and what was only allocated are cut off. Damage before that is left to the reader, who quarantines it, so that the
 * time this takes does not grow with the backlog. Returns undefined when nothing is left; the directory is then gone.
 */
export async function recoverEpoch(
  directory: string,
  journal: string,
  report: (report: JournalReport) => void,
): Promise<Epoch | undefined> {
  const salt = saltOf(journal)
  const numbers = segmentNumbers(await readdir(join(directory, journal)))
  const scanFrom = (segment: number, minSequence: number) =>
    readScan(directory, journal, segment, salt, minSequence)

  let last: { segment: number; scan: SegmentScan; lastSequence: number } | undefined
  while (numbers.length > 0 && !last) {
    const segment = numbers.at(-1)!
    const previous = numbers.at(-2)
    const before = previous === undefined ? 0 : (scanFrom(previous, 1).last ?? 0)
    const scan = scanFrom(segment, before + 1)
    const file = segmentFile(directory, journal, segment)
    const torn = tornTail(scan)
    if (torn) {
      report({ kind: 'torn-tail', journal, file, from: torn.from, to: scan.end, lastSequence: torn.previous })
    }
    const end = torn?.from ?? scan.end
    if (end > 0) {
      // Also where nothing is to be cut off: this may be the second try, after a sync that failed.
      await endSynced(file, end)
      last = { segment, scan, lastSequence: torn?.previous ?? scan.last ?? before }
    } else {
      await unlink(file)
      numbers.pop()
    }
  }
  if (!last) {
    await rmdir(join(directory, journal))
    await syncDirectory(directory)
    return undefined
  }
  await syncDirectory(join(directory, journal))
  const segments: Segment[] = []
  for (const segment of numbers) {
    const first = segment === last.segment ? last.scan : firstOf(directory, journal, segment, salt)
    segments.push({
      segment,
      bytes: (await stat(segmentFile(directory, journal, segment))).size,
      firstSequence: first.first ?? 0,
      firstTimeMs: first.firstTimeMs,
    })
  }
  const { lastSequence } = last
  return {
    journal,
    segments: withKnownFirst(segments, lastSequence),
    lastSequence,
    confirmed: 0,
    ended: true,
  }
}

/** A segment without a valid frame begins, as far as anybody can know, where the next one does. */
function withKnownFirst(segments: Segment[], lastSequence: number): Segment[] {
  let next = lastSequence + 1
  for (const segment of segments.toReversed()) {
    if (segment.firstSequence === 0) segment.firstSequence = next
    next = segment.firstSequence
  }
  return segments
}

function readScan(
  directory: string,
  journal: string,
  segment: number,
  salt: number,
  minSequence: number,
): SegmentScan {
  const fd = openSync(segmentFile(directory, journal, segment), 'r')
  try {
    return scanSegment(readBytes(fd, 0, fstatSync(fd).size), salt, minSequence)
  } finally {
    closeSync(fd)
  }
}

function firstOf(directory: string, journal: string, segment: number, salt: number): First {
  const fd = openSync(segmentFile(directory, journal, segment), 'r')
  try {
    const frame = readFirstFrame(fd, salt)
    if (frame) return { first: frame.sequence, firstTimeMs: frame.timeMs }
  } finally {
    closeSync(fd)
  }
  return readScan(directory, journal, segment, salt, 1)
}
