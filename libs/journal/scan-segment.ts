import { decodeFrame, type Frame, findFrame } from './frame.ts'

/** Bytes without a valid frame in `[from, to)`, after sequence `previous`; `next` is the one at `to`, undefined at the end. */
export type Hole = { from: number; to: number; previous: number; next: number | undefined }

export type SegmentScan = {
  /** First and last sequence; undefined when there is no valid frame. */
  first: number | undefined
  last: number | undefined
  firstTimeMs: number | undefined
  /** First sequence of the last sync that left a frame: everything before it was acknowledged. */
  lastSyncFrom: number
  holes: Hole[]
  /** End of the content, with the hole at the end if there is one; only zeros follow. */
  end: number
}

/**
 * Where the last segment of an epoch that was not closed must be cut off: at the first hole that the last sync may
 * have left half done. What follows there was never acknowledged. Holes before it are damage to acknowledged entries.
 */
export function tornTail(scan: SegmentScan): Hole | undefined {
  return scan.holes.find((hole) => hole.previous + 1 >= scan.lastSyncFrom)
}

/** Finds the valid frames of a segment, whose sequences begin at `minSequence` or later. */
export function scanSegment(bytes: Buffer, salt: number, minSequence: number): SegmentScan {
  const scan: SegmentScan = {
    first: undefined,
    last: undefined,
    firstTimeMs: undefined,
    lastSyncFrom: minSequence,
    holes: [],
    end: 0,
  }
  const end = endOfContent(bytes)
  let at = 0
  while (at < end) {
    const least = scan.last === undefined ? minSequence : scan.last + 1
    const frame = nextFrame(bytes, at, salt, least)
    if (!frame || frame.from > at)
      scan.holes.push({ from: at, to: frame?.from ?? end, previous: least - 1, next: frame?.sequence })
    if (!frame) break
    scan.first ??= frame.sequence
    scan.firstTimeMs ??= frame.timeMs
    scan.last = frame.sequence
    scan.lastSyncFrom = Math.max(scan.lastSyncFrom, frame.sequence - frame.pending)
    at = frame.to
  }
  scan.end = Math.max(at, end)
  return scan
}

function nextFrame(bytes: Buffer, at: number, salt: number, least: number): Frame | undefined {
  const frame = decodeFrame(bytes, at, bytes.length, salt)
  if (typeof frame === 'object' && frame.sequence >= least) return frame
  return findFrame(bytes, at + 8, bytes.length, salt, least)
}

function endOfContent(bytes: Buffer): number {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return end
}
