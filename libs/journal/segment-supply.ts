import { type FileHandle, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { syncDirectory } from '@airs-cp/files'
import type { AllocatedSegment } from './batch.ts'
import type { DiskBudget } from './disk-budget.ts'
import { JournalUnavailableError } from './errors.ts'
import { allocateSegment, segmentFile } from './segment-file.ts'
import { unavailable } from './unavailable.ts'

export type SupplySettings = {
  directory: string
  journal: string
  segmentBytes: number
  budget: DiskBudget
  /** How long after a failure it is tried again. */
  retryMs: number
}

type Ahead = { segment: Promise<AllocatedSegment>; ready: boolean }

/**
 * Allocates the segments of one epoch, one ahead of need, within the budget. After a failure it gives out only what is
 * allocated already, and tries again periodically and whenever it is asked to `replenish`.
 */
export class SegmentSupply {
  readonly #directory: string
  readonly #journal: string
  readonly #segmentBytes: number
  readonly #budget: DiskBudget
  readonly #retryMs: number
  readonly #ahead: Ahead[] = []
  /** Segments that somebody waits for. */
  #claimed = 0
  #number = 0
  #allocating: Promise<unknown> = Promise.resolve()
  #failure: JournalUnavailableError | undefined
  #retry: NodeJS.Timeout | undefined
  #closed = false

  constructor({ directory, journal, segmentBytes, budget, retryMs }: SupplySettings) {
    this.#directory = directory
    this.#journal = journal
    this.#segmentBytes = segmentBytes
    this.#budget = budget
    this.#retryMs = retryMs
  }

  /** Why there is no segment to be had; undefined when there is one, or most likely will be. */
  get failure(): JournalUnavailableError | undefined {
    return this.#ahead[0]?.ready ? undefined : this.#failure
  }

  /** The next segment, undefined when there is none. May still reject, when allocating it fails. */
  claim(): Promise<AllocatedSegment> | undefined {
    this.replenish()
    const next = this.failure ? undefined : this.#ahead.shift()
    if (!next) return undefined
    this.#claimed++
    const settled = () => {
      this.#claimed--
    }
    next.segment.then(settled, settled)
    this.replenish()
    return next.segment
  }

  /** Allocates one segment ahead if there is none and the budget has room for it. */
  replenish(): void {
    if (this.#ahead.length > 0 || this.#closed) return
    if (!this.#budget.reserve(this.#segmentBytes)) {
      const { usedBytes, limitBytes } = this.#budget
      this.#failure = new JournalUnavailableError(
        'limit-reached',
        `Journal in ${this.#directory} holds ${usedBytes} of ${limitBytes} bytes that are not confirmed yet; ` +
          'restore NATS, the audit service or Postgres, or raise the limit',
      )
      return
    }
    const allocated = this.#allocating.then(() => this.#allocate())
    this.#allocating = allocated.catch(() => undefined)
    const ahead: Ahead = { segment: allocated, ready: false }
    this.#ahead.push(ahead)
    allocated.then(
      () => {
        ahead.ready = true
        if (this.#ahead.includes(ahead)) this.#failure = undefined
      },
      (error) => {
        this.#budget.release(this.#segmentBytes)
        this.#failure = unavailable(error, this.#directory)
        const at = this.#ahead.indexOf(ahead)
        if (at >= 0) this.#ahead.splice(at, 1)
        clearTimeout(this.#retry)
        this.#retry = setTimeout(() => this.replenish(), this.#retryMs).unref()
      },
    )
  }

  /** Deletes what was allocated and not claimed, unless the directory is another process's now. */
  async close({ isOurs = true } = {}): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    for (const ahead of this.#ahead.splice(0)) {
      const segment = await ahead.segment.catch(() => undefined)
      if (!segment) continue
      await segment.close()
      if (!isOurs) continue
      await unlink(segmentFile(this.#directory, this.#journal, segment.segment)).catch(() => undefined)
      this.#budget.release(segment.bytes)
    }
    clearTimeout(this.#retry)
  }

  async #allocate(): Promise<AllocatedSegment> {
    const segment = this.#number + 1
    const file = segmentFile(this.#directory, this.#journal, segment)
    let handle: FileHandle | undefined
    try {
      handle = await allocateSegment(file, this.#segmentBytes, () => this.#claimed > 0 || this.#closed)
      await syncDirectory(join(this.#directory, this.#journal))
      this.#number = segment
      return {
        segment,
        bytes: this.#segmentBytes,
        firstSequence: 0,
        firstTimeMs: undefined,
        fd: handle.fd,
        close: handle.close.bind(handle),
      }
    } catch (error) {
      await handle?.close().catch(() => undefined)
      await unlink(file).catch(() => undefined)
      throw error
    }
  }
}
