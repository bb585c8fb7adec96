import { characterStart } from '@airs-cp/events'
import { commonPrefix, commonSuffix } from './common-bytes.ts'

/** A stretch of a body as it is recorded: a piece, with those that it is made of, or, without a digest, text in the event. */
export type Stretch = { bytes: number; sha256?: string; inner?: readonly Stretch[] }

/** A body, and how it is recorded. */
export type Recorded = { body: Buffer; stretches: readonly Stretch[] }

/** Bytes that two bodies have in common. */
export type Run = { a: number; b: number; bytes: number }

/** Of a body with more changes the rest counts as new. */
const mostRuns = 48
const anchorBytes = 48
const nearby = [16, 96, 384, 1_536, 6_144]
const windowBytes = 4_096

/** What all searches for pieces of one body may read. */
const mostSearchedBytes = 2 * 1024 * 1024

/** The bytes at the beginnings and at the ends of two bodies that are the same. */
export function commonEnds(a: Buffer, b: Buffer): { prefix: number; suffix: number } {
  const prefix = characterStart(b, commonPrefix(a, 0, b, 0, Math.min(a.length, b.length)))
  let suffix = commonSuffix(a, b, Math.min(a.length, b.length - prefix))
  while (suffix > 0 && isWithinCharacter(b[b.length - suffix]!)) suffix--
  return { prefix, suffix }
}

function isWithinCharacter(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}

/**
 * What `b` has of `a`, in the order of `b`: their common beginning, pieces of `a` that are found between, each as far as both go on
 * alike, and their common end. Reads at most some megabytes. Runs begin and end with a character of `b`, which is valid UTF-8.
 */
export function commonRuns(
  { body: a, stretches }: Recorded,
  b: Buffer,
  { prefix, suffix } = commonEnds(a, b),
): Run[] {
  const runs: Run[] = [{ a: 0, b: 0, bytes: prefix }]
  let [aAt, bAt] = [prefix, prefix]
  // What the end of `b` has of `a` may be within it as well.
  const [aEnd, bEnd] = [a.length, b.length - suffix]
  let room = mostSearchedBytes

  function seek(some: readonly Stretch[], start: number): void {
    let from = start
    for (const { bytes, sha256, inner } of some) {
      const to = from + bytes
      const isCandidate = sha256 !== undefined && from >= aAt && to <= aEnd && bytes <= bEnd - bAt
      const isFound = isCandidate && find(from, to)
      if (isFound) while (goOn());
      if (!isFound && inner && to > aAt && from < aEnd) seek(inner, from)
      from = to
    }
  }

  /** A change is often short, such as that of a marker: soon behind it both go on alike. What repeats itself is not meant. */
  function goOn(): boolean {
    if (runs.length >= mostRuns) return false
    let best: { from: number; at: number; skipped: number } | undefined
    for (const distance of nearby) {
      const from = aAt + distance
      if (from + anchorBytes > aEnd) break
      const window = b.subarray(bAt, Math.min(bEnd, bAt + distance + windowBytes))
      const found = window.indexOf(a.subarray(from, from + anchorBytes))
      const skipped = distance + found
      if (found >= 0 && (!best || skipped < best.skipped)) best = { from, at: bAt + found, skipped }
    }
    if (best) addRun(best.from, best.at, anchorBytes)
    return best !== undefined
  }

  /** Looks for some bytes of its middle, whose search takes as long as it is far: that of a long text may take its square. */
  function find(from: number, to: number): boolean {
    if (room <= 0 || runs.length >= mostRuns) return false
    room -= bEnd - bAt
    const middle = Math.floor((from + to - anchorBytes) / 2)
    const found = b.subarray(bAt, bEnd).indexOf(a.subarray(middle, middle + anchorBytes))
    const at = bAt + found - (middle - from)
    const isThere =
      found >= 0 && at >= bAt && at + to - from <= bEnd && b.compare(a, from, to, at, at + to - from) === 0
    if (isThere) addRun(from, at, to - from)
    return isThere
  }

  /** What is the same from `from` in `a` and `at` in `b` on, and as much around it as both have alike. */
  function addRun(from: number, at: number, same: number): void {
    let before = commonSuffix(a.subarray(aAt, from), b.subarray(bAt, at), Math.min(from - aAt, at - bAt))
    while (before > 0 && isWithinCharacter(b[at - before]!)) before--
    const to = from + same
    const more = commonPrefix(a, to, b, at + same, Math.min(aEnd - to, bEnd - at - same))
    bAt = characterStart(b, at + same + more)
    const bytes = bAt - at + before
    runs.push({ a: from - before, b: at - before, bytes })
    aAt = from - before + bytes
  }

  while (goOn());
  if (bAt < bEnd) seek(stretches, 0)
  runs.push({ a: a.length - suffix, b: bEnd, bytes: suffix })
  return runs
}

/** What is recorded of `[from, to)`; a piece that is not whole in it becomes those that it is made of, or text. Adjacent text is one. */
export function stretchesWithin(stretches: readonly Stretch[], from: number, to: number): Stretch[] {
  const found: Stretch[] = []
  const collect = (some: readonly Stretch[], start: number) => {
    let at = start
    for (const stretch of some) {
      const end = at + stretch.bytes
      const bytes = Math.min(end, to) - Math.max(at, from)
      if (bytes === stretch.bytes && stretch.sha256 !== undefined) found.push(stretch)
      else if (bytes > 0 && stretch.inner) collect(stretch.inner, at)
      else if (bytes > 0) {
        const last = found.at(-1)
        if (last && last.sha256 === undefined) found[found.length - 1] = { bytes: last.bytes + bytes }
        else found.push({ bytes })
      }
      at = end
    }
  }
  collect(stretches, 0)
  return found
}

/** So many pieces side by side become one. */
const together = 4
/** Pieces are made of smaller ones by powers of four from here on. */
const leastNested = 4_096

/**
 * Puts neighbouring pieces together where there are four. What a piece is made of is smaller than a power of four that it has, so pieces
 * are never nested deeper than their size allows, whoever recorded them when.
 * @returns stretches with `inner` and without a digest have to be recorded.
 */
export function putTogether(stretches: readonly Stretch[]): Stretch[] {
  let level = [...stretches]
  const bytes = level.reduce((sum, one) => sum + one.bytes, 0)
  for (let least = leastNested; least <= bytes; least *= 4) {
    const next: Stretch[] = []
    let group: Stretch[] = []
    for (const stretch of level) {
      if (stretch.bytes >= least) {
        next.push(...group, stretch)
        group = []
        continue
      }
      group.push(stretch)
      const size = group.reduce((sum, one) => sum + one.bytes, 0)
      if (group.filter(isPiece).length < together || !isPiece(stretch) || size < least) continue
      next.push({ bytes: size, inner: group })
      group = []
    }
    level = [...next, ...group]
  }
  return level
}

function isPiece({ sha256, inner }: Stretch): boolean {
  return sha256 !== undefined || inner !== undefined
}
