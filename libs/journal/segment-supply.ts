import { unlink } from 'node:fs/promises'
import type { AllocatedSegment } from './batch.ts'
import { JournalUnavailableError } from './errors.ts'
import { allocateSegment, segmentFile, syncDirectory } from './segment-file.ts'
import { unavailable } from './unavailable.ts'

/** Bytes on disk over all epochs, allocated ones included, and the most that they may be. */
export type DiskBudget = { usedBytes: number; readonly limitBytes: number }

/** Allocates the segments of one epoch, one ahead of need, within the budget. */
export class SegmentSupply {
  readonly #directory: string
  readonly #journal: string
  readonly #segmentBytes: number
  readonly #budget: DiskBudget
  readonly #ahead: Promise<AllocatedSegment>[] = []
  /** Segments that somebody waits for. */
  #claimed = 0
  #number = 0
  #allocating: Promise<unknown> = Promise.resolve()
  #failure: JournalUnavailableError | undefined
  #closed = false

  constructor(directory: string, journal: string, segmentBytes: number, budget: DiskBudget) {
    this.#directory = directory
    this.#journal = journal
    this.#segmentBytes = segmentBytes
    this.#budget = budget
  }

  /** Why there is no segment to be had; undefined when there is one, or will be. */
  get failure(): JournalUnavailableError | undefined {
    return this.#ahead.length > 0 ? undefined : this.#failure
  }

  /** The next segment, undefined when there is none. May still reject, when allocating it fails. */
  claim(): Promise<AllocatedSegment> | undefined {
    this.replenish()
    const next = this.#ahead.shift()
    if (!next) return undefined
    this.#claimed++
    const settled = () => {
      this.#claimed--
    }
    next.then(settled, settled)
    this.replenish()
    return next
  }

  /** Tries again after a failure, as when space was freed. */
  replenish(): void {
    if (this.#ahead.length > 0 || this.#closed) return
    const { usedBytes, limitBytes } = this.#budget
    if (usedBytes + this.#segmentBytes > limitBytes) {
      this.#failure = new JournalUnavailableError(
        'limit-reached',
        `Journal in ${this.#directory} holds ${usedBytes} of ${limitBytes} bytes that are not confirmed yet; ` +
          'restore NATS, the audit service or Postgres, or raise the limit',
      )
      return
    }
    this.#budget.usedBytes += this.#segmentBytes
    const allocated = this.#allocating.then(() => this.#allocate())
    this.#allocating = allocated.catch(() => undefined)
    this.#ahead.push(allocated)
    allocated.then(
      () => {
        this.#failure = undefined
      },
      (error) => {
        this.#budget.usedBytes -= this.#segmentBytes
        this.#failure = unavailable(error, this.#directory)
        const at = this.#ahead.indexOf(allocated)
        if (at >= 0) this.#ahead.splice(at, 1)
      },
    )
  }

  /** Deletes what was allocated and not claimed. */
  async close(): Promise<void> {
    this.#closed = true
    for (const ahead of this.#ahead.splice(0)) {
      const segment = await ahead.catch(() => undefined)
      if (!segment) continue
      await segment.close()
      await unlink(segmentFile(this.#directory, this.#journal, segment.segment)).catch(() => undefined)
      this.#budget.usedBytes -= segment.bytes
    }
  }

  async #allocate(): Promise<AllocatedSegment> {
    const segment = this.#number + 1
    const file = segmentFile(this.#directory, this.#journal, segment)
    try {
      const handle = await allocateSegment(file, this.#segmentBytes, () => this.#claimed > 0)
      await syncDirectory(`${this.#directory}/${this.#journal}`)
      this.#number = segment
      return {
        segment,
        bytes: this.#segmentBytes,
        firstSequence: 0,
        firstTimeMs: undefined,
        fd: handle.fd,
        close: () => handle.close(),
      }
    } catch (error) {
      await unlink(file).catch(() => undefined)
      throw error
    }
  }
}
