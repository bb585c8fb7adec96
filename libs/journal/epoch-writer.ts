import { write, writeSync } from 'node:fs'
import { mkdir, rmdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { uuidv7 } from '@airs-cp/events'
import { syncDirectory } from '@airs-cp/files'
import { type AllocatedSegment, Batch } from './batch.ts'
import type { DiskBudget } from './disk-budget.ts'
import { DiskPace } from './disk-pace.ts'
import type { Epoch } from './epoch.ts'
import { JournalUnavailableError } from './errors.ts'
import { frameBytes, saltOf } from './frame.ts'
import { ignoreMissing, segmentFile, truncateSynced } from './segment-file.ts'
import { SegmentSupply } from './segment-supply.ts'
import type { BuildEntry, DurablePosition } from './types.ts'
import { unavailable } from './unavailable.ts'

export type WriterSettings = {
  directory: string
  segmentBytes: number
  retryMs: number
  budget: DiskBudget
  /** Whether the directory is still this process's: asked after each write, before it counts. */
  isHeld: () => boolean
  committed: (batch: Batch, durationMs: number) => void
  /** A write failed: the epoch ends at its last durable entry; `batches` are not durable. */
  failed: (failure: JournalUnavailableError, batches: Batch[]) => void
}

const batchBytes = 1024 * 1024
const bufferBytes = 256 * 1024
const idleBuffers = 4

/**
 * Writes one epoch. Entries that are appended while a write is under way, or in the same turn of the event loop, share
 * the next write, which returns when it is on disk (O_DSYNC). One write is under way at a time.
 */
export class EpochWriter {
  readonly epoch: Epoch
  readonly #settings: WriterSettings
  readonly #supply: SegmentSupply
  readonly #salt: number
  readonly #staged: Batch[] = []
  readonly #buffers: Buffer[] = []
  readonly #pace = new DiskPace()
  /** Segments that a failure kept from being begun. */
  #unused: Promise<AllocatedSegment>[] = []
  #segment: AllocatedSegment
  /** End of what is durable in the segment. */
  #offset = 0
  /** Bytes that are not taken yet in the segment of the last staged entry. */
  #room: number
  #nextSequence = 1
  #writing: Batch | undefined
  #flushScheduled = false
  #failed = false
  #stagedBytes = 0
  #drained: (() => void) | undefined

  private constructor(
    settings: WriterSettings,
    epoch: Epoch,
    supply: SegmentSupply,
    segment: AllocatedSegment,
  ) {
    this.epoch = epoch
    this.#settings = settings
    this.#supply = supply
    this.#salt = saltOf(epoch.journal)
    this.#segment = segment
    this.#room = segment.bytes
  }

  /** Begins a new epoch with its first segment; leaves nothing behind when it throws. */
  static async begin(settings: WriterSettings): Promise<EpochWriter> {
    const { directory, segmentBytes, budget, retryMs } = settings
    const journal = uuidv7()
    await mkdir(join(directory, journal), { mode: 0o700 })
    const supply = new SegmentSupply({ directory, journal, segmentBytes, budget, retryMs })
    try {
      await syncDirectory(directory)
      const segment = await supply.claim()
      if (!segment) throw supply.failure
      segment.firstSequence = 1
      const epoch = { journal, segments: [segment], lastSequence: 0, confirmed: 0, ended: false }
      return new EpochWriter(settings, epoch, supply, segment)
    } catch (error) {
      await supply.close()
      await rmdir(join(directory, journal)).catch(ignoreMissing)
      throw error
    }
  }

  get position(): DurablePosition {
    const { journal, lastSequence } = this.epoch
    return { journal, segment: this.#segment.segment, offset: this.#offset, sequence: lastSequence }
  }

  /** Of the next entry, if nothing is lost before it. */
  get nextSequence(): number {
    return this.#nextSequence
  }

  /** Bytes that wait to be written. */
  get stagedBytes(): number {
    return this.#stagedBytes
  }

  /** Why an entry would be refused now. When no segment is to be had, half of the last is kept for `finishing` ones. */
  refusal(finishing: boolean): JournalUnavailableError | undefined {
    if (finishing || this.#room > this.#settings.segmentBytes / 2) return undefined
    return this.#supply.failure
  }

  /** More space has become available. */
  replenish(): void {
    this.#supply.replenish()
  }

  /**
   * Has the next entry begin a segment, if the one that is written has entries up to `sequence`.
   * @returns whether it will; not where no segment is to be had now.
   */
  turnOver(sequence: number): boolean {
    const isNeeded = this.#offset > 0 && this.#segment.firstSequence <= sequence
    if (!isNeeded || this.#supply.failure) return false
    this.#room = 0
    return true
  }

  /**
   * Adds an entry to the batch that goes to disk next, or the one after it.
   * @param lost so many sequences before it are left out, for entries that are lost: readers find them missing.
   * @throws JournalUnavailableError when it needs a segment and there is none, RecordTooLargeError, what `build` throws.
   */
  stage(build: BuildEntry, lost = 0): Batch {
    const before = this.#nextSequence
    const sequence = before + lost
    const entry = build(this.epoch.journal, sequence)
    if (this.#nextSequence !== before) throw new Error('A journal entry was built by appending another')
    const bytes = frameBytes(entry)
    const batch = this.#batchFor(bytes, sequence, lost > 0)
    const usedBefore = batch.used
    batch.add(this.#salt, Date.now(), entry, bytes)
    batch.lostBefore += lost
    this.#nextSequence = sequence + 1
    this.#room -= batch.used - usedBefore
    this.#stagedBytes += batch.used - usedBefore
    if (!this.#writing && !this.#flushScheduled) {
      this.#flushScheduled = true
      setImmediate(this.#flush)
    }
    return batch
  }

  /** Writes nothing more: what waits is refused, what is being written does not count. */
  abandon(failure: JournalUnavailableError): void {
    if (!this.#failed) this.#fail(failure)
  }

  /** Resolves when nothing waits to be written. */
  async drained(): Promise<void> {
    if (!this.#writing && this.#staged.length === 0) return
    await new Promise<void>((resolve) => {
      this.#drained = resolve
    })
  }

  /** Leaves the directory with durable entries and nothing else. Can be repeated when the disk makes it fail. */
  async end(): Promise<void> {
    const { directory, budget } = this.#settings
    const { epoch } = this
    const segment = this.#segment
    await this.#supply.close()
    for (const claim of this.#unused.splice(0)) {
      const unused = await claim.catch(() => undefined)
      if (!unused || unused === segment) continue
      await unused.close()
      budget.release(unused.bytes)
      await unlink(segmentFile(directory, epoch.journal, unused.segment)).catch(() => undefined)
    }
    await segment.close().catch(() => undefined)
    const file = segmentFile(directory, epoch.journal, segment.segment)
    if (this.#offset === 0) {
      await unlink(file).catch(ignoreMissing)
      epoch.segments = epoch.segments.filter((kept) => kept !== segment)
    } else if ((await stat(file)).size > this.#offset) await truncateSynced(file, this.#offset)
    budget.resize(segment, this.#offset)
    epoch.ended = true
  }

  /** Closes its files and leaves them as they are, for the process that has the directory now. */
  async letGo(): Promise<void> {
    await this.#supply.close({ isOurs: false })
    for (const claim of this.#unused.splice(0)) await (await claim.catch(() => undefined))?.close()
    await this.#segment.close()
  }

  #batchFor(bytes: number, sequence: number, isAfterLost: boolean): Batch {
    if (bytes <= this.#room) {
      const last = isAfterLost ? undefined : this.#staged.at(-1)
      return last && last.used + bytes <= batchBytes ? last : this.#newBatch(sequence, undefined)
    }
    const begins = this.#supply.claim()
    if (!begins) throw this.#supply.failure
    begins.catch(() => undefined)
    this.#room = this.#settings.segmentBytes
    return this.#newBatch(sequence, begins)
  }

  #newBatch(sequence: number, begins: Promise<AllocatedSegment> | undefined): Batch {
    const buffer = this.#buffers.pop() ?? Buffer.allocUnsafeSlow(bufferBytes)
    const batch = new Batch(sequence, begins, buffer)
    this.#staged.push(batch)
    return batch
  }

  readonly #flush = (): void => {
    this.#flushScheduled = false
    if (this.#writing || this.#failed) return
    const batch = this.#staged.shift()
    this.#writing = batch
    if (!batch) this.#drained?.()
    else if (!batch.begins && batch.waiters.length === 1 && this.#pace.isToBeDoneAtOnce(batch.used))
      this.#writeAtOnce(batch)
    else if (!batch.begins) this.#write(batch, 0, performance.now())
    else {
      this.#beginSegment(batch, batch.begins).then(
        () => this.#write(batch, 0, performance.now()),
        (error) => this.#fail(error),
      )
    }
  }

  async #beginSegment(batch: Batch, begins: Promise<AllocatedSegment>): Promise<void> {
    const next = await begins
    const full = this.#segment
    const fullBytes = this.#offset
    next.firstSequence = batch.firstSequence
    this.epoch.segments.push(next)
    this.#segment = next
    this.#offset = 0
    this.#settings.budget.resize(full, fullBytes)
    this.#supply.replenish()
    const file = segmentFile(this.#settings.directory, this.epoch.journal, full.segment)
    void truncateSynced(file, fullBytes)
      .catch(() => undefined)
      .then(() => full.close())
  }

  #writeAtOnce(batch: Batch): void {
    const startedMs = performance.now()
    let written: number
    try {
      written = writeSync(this.#segment.fd, batch.bytes, 0, batch.used, this.#offset)
    } catch (error) {
      this.#fail(error)
      return
    }
    const durationMs = performance.now() - startedMs
    this.#pace.took(durationMs)
    if (written < batch.used) this.#write(batch, written, startedMs)
    else this.#commit(batch, durationMs)
  }

  #write(batch: Batch, done: number, startedMs: number): void {
    const { fd } = this.#segment
    write(fd, batch.bytes, done, batch.used - done, this.#offset + done, (error, written) => {
      if (error) this.#fail(error)
      else if (done + written < batch.used) this.#write(batch, done + written, startedMs)
      else this.#commit(batch, performance.now() - startedMs)
    })
  }

  #commit(batch: Batch, durationMs: number): void {
    if (this.#failed) return
    if (!this.#settings.isHeld()) {
      this.#fail(
        new JournalUnavailableError('locked', `Journal in ${this.#settings.directory} is no longer locked`),
      )
      return
    }
    const segment = this.#segment
    segment.firstTimeMs ??= batch.firstTimeMs
    this.#offset += batch.used
    this.epoch.lastSequence = batch.firstSequence + batch.entries - 1
    if (this.#offset > segment.bytes) this.#settings.budget.resize(segment, this.#offset)
    this.#stagedBytes -= batch.used
    this.#writing = undefined
    this.#settings.committed(batch, durationMs)
    if (batch.bytes.length === bufferBytes && this.#buffers.length < idleBuffers) {
      this.#buffers.push(batch.bytes)
    }
    this.#flush()
  }

  #fail(error: unknown): void {
    const batches = [...(this.#writing ? [this.#writing] : []), ...this.#staged.splice(0)]
    this.#failed = true
    this.#writing = undefined
    this.#stagedBytes = 0
    this.#unused = batches.flatMap((batch) => batch.begins ?? [])
    this.#settings.failed(unavailable(error, this.#settings.directory), batches)
    this.#drained?.()
  }
}
