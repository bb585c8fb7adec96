import type { JournalProgress } from '@airs-cp/events'
import { type DamageReport, EpochReader, type JournalRecord, type ReadLimit } from '@airs-cp/journal'
import { SharedPosition } from './shared-position.ts'
import type { JournalStats, ShippedEpoch } from './shipper-messages.ts'
import { StallWatch } from './stall-watch.ts'

const chunkBytes = 256 * 1024

/** One epoch on its way to JetStream: `confirmed` ≤ `shipped` ≤ what was read ≤ what is durable. */
export class ShipperLane implements Disposable {
  readonly journal: string
  /** Acknowledged by JetStream up to here, as far as is known. */
  shipped = 0
  /** Committed by the audit service up to here. */
  confirmed: number
  /** Highest sequence that was ever published. */
  published = 0
  /** What is to leave the journal's files, as far as that was reported. */
  purge = 0
  /** How often something was shipped again because it was missing. */
  rewinds = 0
  /** Whether the progress that was reported last cannot be. */
  isDoubted = false
  /** Whether the audit service's progress was asked for, so that nothing is shipped that is committed already. */
  asked: boolean
  /** Whether the audit service has said so; else it follows from what is no longer here. */
  #isConfirmed = false
  readonly #lost: { from: number; to: number }[] = []
  readonly #stall: StallWatch
  readonly #reader: EpochReader
  #epoch: ShippedEpoch
  #position: SharedPosition | undefined

  constructor(
    directory: string,
    epoch: ShippedEpoch,
    stallMs: number,
    report: (report: DamageReport) => void,
  ) {
    this.journal = epoch.journal
    this.#epoch = epoch
    this.#position = epoch.position && new SharedPosition(epoch.position)
    this.#stall = new StallWatch(stallMs)
    this.asked = epoch.position !== undefined
    this.#reader = new EpochReader(directory, epoch.journal, (damage) => {
      if (damage.lostEvents > 0) {
        this.#lost.push({ from: damage.firstLost, to: damage.firstLost + damage.lostEvents - 1 })
      }
      report(damage)
    })
    // A journal removes what is confirmed, and nothing else. Should it be lost, the event store misses it: see `distrust`.
    this.confirmed = this.#reader.firstKept() - 1
  }

  update(epoch: ShippedEpoch): void {
    this.#epoch = epoch
    this.#position = epoch.position && new SharedPosition(epoch.position)
  }

  get durable(): number {
    return this.#limit().sequence
  }

  get hasMore(): boolean {
    return this.#reader.next <= this.durable
  }

  read(): JournalRecord[] {
    return this.#reader.read(this.#limit(), chunkBytes)
  }

  /** Everything after `sequence` is to be read, again if need be. */
  continueAfter(sequence: number): void {
    this.shipped = sequence
    this.published = Math.max(this.published, sequence)
    if (this.#reader.next !== sequence + 1) this.#reader.seek(sequence + 1)
  }

  /** The event store misses what is no longer here. It is read from there on again, and so reported as lost. */
  distrust(committed: number): void {
    if (!this.#isConfirmed) this.confirmed = Math.min(this.confirmed, committed)
  }

  confirm(sequence: number): void {
    this.#isConfirmed = true
    this.confirmed = sequence
    this.shipped = Math.max(this.shipped, sequence)
    if (this.#reader.next <= sequence) this.#reader.seek(sequence + 1)
  }

  /** What to do about a commit that does not come. */
  adviceOnStall(progress: JournalProgress | undefined): 'probe' | 'rewind' | undefined {
    const { confirmed, shipped } = this
    const next = confirmed + 1
    const isLost = this.#lost.some(({ from, to }) => from <= next && next <= to)
    return this.#stall.observe({
      nowMs: Date.now(),
      confirmed,
      outstanding: shipped > confirmed && !isLost,
      laterOnesSeen: progress !== undefined && progress.seen > confirmed,
    })
  }

  /** The first record that is not confirmed; the place of the next read stays as it is. */
  firstUnconfirmed(): JournalRecord | undefined {
    return this.#reader.peek(this.#limit(), this.confirmed + 1)
  }

  /** Time of the next record that `read` will give. */
  nextTimeMs(): number | undefined {
    return this.#reader.peek(this.#limit())?.timeMs
  }

  stats(): JournalStats {
    const { journal, durable, shipped, confirmed } = this
    return { journal, durable, shipped, confirmed }
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]()
  }

  #limit(): ReadLimit {
    return this.#position?.read() ?? { sequence: this.#epoch.lastSequence }
  }
}
