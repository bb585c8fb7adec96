import type { Segment } from './epoch.ts'
import { encodeFrame } from './frame.ts'
import type { JournalEntry } from './types.ts'

export type AllocatedSegment = Segment & { fd: number; close(): Promise<void> }

type Waiter = { settle: () => void; reject: (error: Error) => void }

/** Frames that go to disk in one write with one sync. */
export class Batch {
  readonly firstSequence: number
  /** The segment that this batch begins; undefined when it goes where the batch before it went. */
  readonly begins: Promise<AllocatedSegment> | undefined
  readonly waiters: Waiter[] = []
  entries = 0
  unsynced = 0
  /** Sequences before the first that stand for entries that are lost. */
  lostBefore = 0
  firstTimeMs = 0
  used = 0
  bytes: Buffer

  constructor(firstSequence: number, begins: Promise<AllocatedSegment> | undefined, bytes: Buffer) {
    this.firstSequence = firstSequence
    this.begins = begins
    this.bytes = bytes
  }

  get lastSequence(): number {
    return this.firstSequence + this.entries - 1
  }

  /** Encodes an entry that takes at most `bytes` behind the others. */
  add(salt: number, timeMs: number, entry: JournalEntry, bytes: number): void {
    this.#reserve(bytes)
    const sequence = this.firstSequence + this.entries
    this.used = encodeFrame(this.bytes, this.used, salt, sequence, this.entries, timeMs, entry)
    if (this.entries === 0) this.firstTimeMs = timeMs
    this.entries++
  }

  #reserve(bytes: number): void {
    const needed = this.used + bytes
    if (needed <= this.bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2))
    this.bytes.copy(larger, 0, 0, this.used)
    this.bytes = larger
  }
}
