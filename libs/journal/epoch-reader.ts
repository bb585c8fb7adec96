import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeFrame, type Frame, findFrame, headerBytes, saltOf } from './frame.ts'
import { freeBytes, readBytes } from './read-bytes.ts'
import { readFirstFrame } from './read-first-frame.ts'
import { ignoreMissing, segmentFile, segmentNumbers } from './segment-file.ts'
import type { DamageReport } from './types.ts'

/** An entry as it was appended. */
export type JournalRecord = { sequence: number; timeMs: number; subject: string; id: string; event: Buffer }

/** How far may be read: to `sequence`, and in `segment`, if it is given, no byte beyond `offset`. */
export type ReadLimit = { sequence: number; segment?: number; offset?: number }

type Damage = Pick<DamageReport, 'segment' | 'from' | 'to' | 'quarantineFile'>

/**
 * Reads one epoch in order, from any thread, while it is being written. Bytes that hold no valid frame are skipped,
 * copied to the `quarantine` directory and reported once, with the number of entries that are lost with them.
 * Blocks on the disk.
 */
export class EpochReader implements Disposable {
  readonly #directory: string
  readonly #journal: string
  readonly #report: (report: DamageReport) => void
  readonly #salt: number
  readonly #reported = new Set<string>()
  readonly #firstSequences = new Map<number, number>()
  #fd: number | undefined
  #segment = 0
  #offset = 0
  /** Sequence that the frame at the offset should have. */
  #next = 1
  /** Sequence of the first record to return. */
  #wanted = 1
  /** Found, and not reported yet because it is not known what is lost with it. */
  #damage: Damage | undefined

  constructor(directory: string, journal: string, report: (report: DamageReport) => void) {
    this.#directory = directory
    this.#journal = journal
    this.#report = report
    this.#salt = saltOf(journal)
  }

  /** Sequence of the record that the next read begins with, unless it is lost. */
  get next(): number {
    return Math.max(this.#next, this.#wanted)
  }

  /** Sequence of the first entry that is still here; 1 where no segment was removed, or where that cannot be known. */
  firstKept(): number {
    const [first = 1] = this.#segments()
    return first === 1 ? 1 : (this.#readFirst(first) ?? 1)
  }

  /** Goes to a sequence, in either direction. Backwards it reads the segment again from its beginning. */
  seek(sequence: number): void {
    this.#wanted = sequence
    const segments = this.#segments()
    const known = (segment: number) => this.#firstSequences.get(segment) ?? this.#readFirst(segment)
    const start = segments.findLast((segment) => (known(segment) ?? Number.POSITIVE_INFINITY) <= sequence)
    const segment = start ?? segments[0]
    if (segment === this.#segment && sequence >= this.#next) return
    this.#damage = undefined
    this.#goTo(segment ?? 0)
    this.#next = Math.min(segment === undefined ? sequence : (known(segment) ?? sequence), sequence)
  }

  /** The first record from `sequence` on; the place of the next read stays as it is. */
  peek(limit: ReadLimit, sequence: number = this.next): JournalRecord | undefined {
    const [segment, offset, next, wanted, damage] = [
      this.#segment,
      this.#offset,
      this.#next,
      this.#wanted,
      this.#damage,
    ]
    if (sequence !== this.next) this.seek(sequence)
    const [record] = this.read(limit, 1)
    if (segment !== this.#segment) this.#goTo(segment)
    this.#offset = offset
    this.#next = next
    this.#wanted = wanted
    this.#damage = damage
    return record
  }

  /** The next records, at most about `maxBytes` of them; none when everything up to the limit was read. */
  read(limit: ReadLimit, maxBytes: number): JournalRecord[] {
    const records: JournalRecord[] = []
    while (records.length === 0 && this.next <= limit.sequence) {
      if (!this.#enterSegment()) {
        this.#loseUntil(limit.sequence + 1)
        break
      }
      const end = limit.segment === this.#segment ? (limit.offset ?? 0) : fstatSync(this.#fd!).size
      this.#readWindow(end, maxBytes, limit.sequence, records)
    }
    return records
  }

  [Symbol.dispose](): void {
    this.#leaveSegment()
  }

  #readWindow(end: number, maxBytes: number, maxSequence: number, records: JournalRecord[]): void {
    const bytes = this.#load(Math.min(end - this.#offset, Math.max(maxBytes, headerBytes)))
    const base = this.#offset
    let at = 0
    while (at < bytes.length && this.next <= maxSequence) {
      const frame = decodeFrame(bytes, at, bytes.length, this.#salt)
      if (typeof frame === 'number' && base + at + frame <= end) {
        if (at > 0) return
        freeBytes(bytes)
        this.#readWindow(end, frame, maxSequence, records)
        return
      }
      if (typeof frame !== 'object' || frame.sequence < this.#next) {
        this.#skipDamage(end, maxSequence)
        return
      }
      this.#take(frame, records)
      at = frame.to
      this.#offset = base + at
    }
    if (this.#offset >= end) this.#finishSegment(maxSequence)
  }

  #take(frame: Frame, records: JournalRecord[]): void {
    if (frame.sequence > this.#next || this.#damage) this.#loseUntil(frame.sequence)
    if (!this.#firstSequences.has(this.#segment)) this.#firstSequences.set(this.#segment, frame.sequence)
    this.#next = frame.sequence + 1
    if (frame.sequence >= this.#wanted) records.push(frame)
  }

  /** Goes from bytes that are no frame to the next frame, or to the next segment. */
  #skipDamage(end: number, maxSequence: number): void {
    const bytes = this.#load(end - this.#offset)
    const found = findFrame(bytes, 8, bytes.length, this.#salt, this.#next)
    const to = found?.from ?? bytes.findLastIndex((byte) => byte !== 0) + 1
    if (to > 0) {
      if (this.#damage) this.#reportDamage(this.#damage, this.next, 0)
      const from = this.#offset
      const quarantineFile = this.#quarantine(bytes.subarray(0, to))
      this.#damage = { segment: this.#segment, from, to: from + to, quarantineFile }
    }
    if (found) this.#offset += found.from
    else this.#finishSegment(maxSequence)
  }

  #finishSegment(maxSequence: number): void {
    if (this.next > maxSequence) return
    const following = this.#segments().find((segment) => segment > this.#segment)
    if (following === undefined) this.#loseUntil(maxSequence + 1)
    else this.#goTo(following)
  }

  #goTo(segment: number): void {
    this.#leaveSegment()
    this.#segment = segment
    this.#offset = 0
  }

  /** Accounts for the entries before `sequence` that are not there. */
  #loseUntil(sequence: number): void {
    const firstLost = this.next
    const at = { segment: this.#segment, from: this.#offset, to: this.#offset, quarantineFile: undefined }
    const damage = this.#damage ?? at
    this.#damage = undefined
    this.#next = sequence
    if (sequence >= firstLost) this.#reportDamage(damage, firstLost, sequence - firstLost)
  }

  #reportDamage(damage: Damage, firstLost: number, lostEvents: number): void {
    const key = `${damage.segment}:${damage.from}`
    if (this.#reported.has(key)) return
    this.#reported.add(key)
    const file = segmentFile(this.#directory, this.#journal, damage.segment)
    this.#report({ kind: 'damage', journal: this.#journal, file, ...damage, firstLost, lostEvents })
  }

  /** Where the copy is; undefined when there is no room for it. */
  #quarantine(bytes: Buffer): string | undefined {
    const directory = join(this.#directory, 'quarantine')
    const file = join(directory, `${this.#journal}-${this.#segment}-${this.#offset}.damaged`)
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      writeFileSync(file, bytes, { mode: 0o600 })
      return file
    } catch {
      return undefined
    }
  }

  /** The bytes from the offset on, as many as are there. */
  #load(wanted: number): Buffer {
    return readBytes(this.#fd!, this.#offset, wanted)
  }

  #enterSegment(): boolean {
    if (this.#fd !== undefined) return true
    const segment = this.#segments().find((number) => number >= this.#segment)
    if (segment === undefined) return false
    if (segment > this.#segment) this.#offset = 0
    this.#segment = segment
    this.#fd = openSync(segmentFile(this.#directory, this.#journal, segment), 'r')
    return true
  }

  #leaveSegment(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  #segments(): number[] {
    try {
      return segmentNumbers(readdirSync(join(this.#directory, this.#journal)))
    } catch (error) {
      ignoreMissing(error as NodeJS.ErrnoException)
      return []
    }
  }

  #readFirst(segment: number): number | undefined {
    const fd = openSync(segmentFile(this.#directory, this.#journal, segment), 'r')
    try {
      const first = readFirstFrame(fd, this.#salt)
      if (first) this.#firstSequences.set(segment, first.sequence)
      return first?.sequence
    } finally {
      closeSync(fd)
    }
  }
}
