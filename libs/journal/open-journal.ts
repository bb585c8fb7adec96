import { write } from 'node:fs'
import { mkdir, readdir, rmdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { uuidv7 } from '@airs-cp/events'
import { type AllocatedSegment, Batch } from './batch.ts'
import { type DirectoryLock, lockDirectory } from './directory-lock.ts'
import { JournalUnavailableError } from './errors.ts'
import { frameBytes, saltOf } from './frame.ts'
import { type RecoveredEpoch, recoverEpoch } from './recover-epoch.ts'
import { segmentFile, syncDirectory, truncateSynced } from './segment-file.ts'
import { type DiskBudget, SegmentSupply } from './segment-supply.ts'
import type {
  Appended,
  AppendOptions,
  BuildEntry,
  EpochInfo,
  Journal,
  JournalFollower,
  JournalOptions,
  JournalState,
} from './types.ts'
import { unavailable } from './unavailable.ts'

const minSegmentBytes = 64 * 1024
const batchBytes = 1024 * 1024
const stagedBytesForUnsynced = 32 * 1024 * 1024
const bufferBytes = 256 * 1024
const epochPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

type Epoch = RecoveredEpoch & {
  confirmed: number
  /** Nothing is written to it any more, and what was not durable is cut off. */
  ended: boolean
  deleting: Promise<void>
}

/** The epoch that is being written. */
type Current = {
  epoch: Epoch
  salt: number
  supply: SegmentSupply
  /** Where the next write goes. */
  segment: AllocatedSegment
  offset: number
  /** Bytes that are not planned yet in the segment that the last staged entry goes to. */
  room: number
  nextSequence: number
}

/** Opens the journal, or begins to try: `state()` tells whether it is available. Rejects only on options that cannot be. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const limitBytes = options.limitBytes ?? 4 * 1024 ** 3
  if (limitBytes < 8 * minSegmentBytes) {
    throw new RangeError(`Journal limit of ${limitBytes} bytes is below the least, ${8 * minSegmentBytes}`)
  }
  const wanted = Math.max(minSegmentBytes, options.segmentBytes ?? 16 * 1024 * 1024)
  const segmentBytes = Math.min(wanted, Math.floor(limitBytes / 8 / 4096) * 4096)
  const journal = new LocalJournal(options, segmentBytes, limitBytes)
  await journal.open()
  return journal
}

/**
 * | state     | appends                    | leaves it by                                                        |
 * |-----------|----------------------------|---------------------------------------------------------------------|
 * | opening   | refused with the reason    | a lock, a recovery and a new epoch that succeed; tried periodically |
 * | open      | accepted                   | a failed write (→ opening), `close`                                 |
 * | filled up | refused, `finishing` ones only when the last segment is full too | space freed by `confirm`, or on the disk |
 * | closed    | refused                    |                                                                     |
 */
class LocalJournal implements Journal {
  readonly directory: string
  readonly #options: JournalOptions
  readonly #segmentBytes: number
  readonly #budget: DiskBudget
  readonly #epochs = new Map<string, Epoch>()
  readonly #followers = new Set<JournalFollower>()
  readonly #staged: Batch[] = []
  readonly #buffers: Buffer[] = []
  /** What a failed epoch left undone on a disk that failed. */
  readonly #repairs: (() => Promise<void>)[] = []
  #lock: DirectoryLock | undefined
  #current: Current | undefined
  #writing: Batch | undefined
  #flushScheduled = false
  #stagedBytes = 0
  #failure: JournalUnavailableError | undefined
  #lastId: string | undefined
  #opening: Promise<void> = Promise.resolve()
  #probe: NodeJS.Timeout | undefined
  #drained: (() => void) | undefined
  #closing: Promise<void> | undefined
  #appended = 0
  #synced = 0
  #lost = 0
  #refused = 0

  constructor(options: JournalOptions, segmentBytes: number, limitBytes: number) {
    this.#options = options
    this.#segmentBytes = segmentBytes
    this.#budget = { usedBytes: 0, limitBytes }
    this.directory = options.directory
  }

  get id(): string | undefined {
    return this.#lastId
  }

  append(build: BuildEntry, options?: AppendOptions): Promise<Appended> {
    return new Promise((resolve, reject) => {
      const refusal = this.#refusal(options?.finishing === true)
      if (refusal) {
        this.#refused++
        reject(refusal)
        return
      }
      let batch: Batch
      try {
        batch = this.#stage(build)
      } catch (error) {
        if (error instanceof JournalUnavailableError) this.#refused++
        throw error
      }
      const journal = this.#current!.epoch.journal
      const sequence = batch.firstSequence + batch.entries - 1
      batch.waiters.push({ settle: () => resolve({ journal, sequence }), reject })
    })
  }

  appendUnsynced(build: BuildEntry): Appended | undefined {
    if (this.#refusal(false) || this.#stagedBytes > stagedBytesForUnsynced) {
      this.#lost++
      return undefined
    }
    try {
      const batch = this.#stage(build)
      batch.unsynced++
      return { journal: this.#current!.epoch.journal, sequence: batch.firstSequence + batch.entries - 1 }
    } catch (error) {
      if (!(error instanceof JournalUnavailableError)) throw error
      this.#lost++
      return undefined
    }
  }

  follow(follower: JournalFollower): () => void {
    this.#followers.add(follower)
    follower.epochs(this.#epochInfos())
    const position = this.#position()
    if (position) follower.durable(position)
    return () => this.#followers.delete(follower)
  }

  async confirm(journal: string, sequence: number): Promise<void> {
    const epoch = this.#epochs.get(journal)
    if (!epoch || sequence < epoch.confirmed) return
    epoch.confirmed = sequence
    epoch.deleting = epoch.deleting.catch(() => undefined).then(() => this.#deleteConfirmed(epoch))
    await epoch.deleting
  }

  state(): JournalState {
    const refusal = this.#refusal(false)
    let segments = 0
    let oldestEntryTimeMs: number | undefined
    for (const epoch of this.#epochs.values()) {
      segments += epoch.segments.length
      for (const { firstTimeMs } of epoch.segments) oldestEntryTimeMs ??= firstTimeMs
    }
    return {
      available: refusal === undefined,
      reason: refusal?.reason,
      message: refusal?.message,
      journal: this.#lastId,
      bytes: this.#budget.usedBytes,
      limitBytes: this.#budget.limitBytes,
      segments,
      oldestEntryTimeMs,
      appended: this.#appended,
      synced: this.#synced,
      lost: this.#lost,
      refused: this.#refused,
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** One attempt to get from `opening` to `open`; schedules the next when it fails. */
  async open(): Promise<void> {
    this.#opening = this.#tryOpen().catch((error) => {
      this.#failure = unavailable(error, this.directory)
      this.#scheduleProbe()
    })
    await this.#opening
  }

  async #tryOpen(): Promise<void> {
    if (!this.#lock) {
      await mkdir(this.directory, { recursive: true, mode: 0o700 })
      this.#lock = await lockDirectory(this.directory)
    }
    if (this.#lastId === undefined && this.#epochs.size === 0) await this.#recover()
    await this.#repair()
    if (this.#closing) return
    await this.#beginEpoch()
  }

  async #recover(): Promise<void> {
    this.#budget.usedBytes = 0
    for (const journal of (await readdir(this.directory)).filter((name) => epochPattern.test(name)).sort()) {
      const recovered = await recoverEpoch(this.directory, journal, (report) =>
        this.#options.onReport?.(report),
      )
      if (!recovered) continue
      this.#epochs.set(journal, { ...recovered, confirmed: 0, ended: true, deleting: Promise.resolve() })
      const bytes = recovered.segments.reduce((sum, segment) => sum + segment.bytes, 0)
      this.#budget.usedBytes += bytes
      const { lastSequence, segments } = recovered
      const firstSequence = segments[0]?.firstSequence ?? 1
      this.#options.onReport?.({ kind: 'epoch-recovered', journal, firstSequence, lastSequence, bytes })
    }
  }

  async #repair(): Promise<void> {
    for (const repair of this.#repairs.splice(0)) await repair().catch(() => this.#repairs.push(repair))
  }

  async #beginEpoch(): Promise<void> {
    const journal = uuidv7()
    const directory = join(this.directory, journal)
    await mkdir(directory, { mode: 0o700 })
    const supply = new SegmentSupply(this.directory, journal, this.#segmentBytes, this.#budget)
    try {
      await syncDirectory(this.directory)
      const segment = await supply.claim()
      if (!segment) throw supply.failure ?? new Error('No segment')
      segment.firstSequence = 1
      const epoch: Epoch = {
        journal,
        segments: [segment],
        lastSequence: 0,
        confirmed: 0,
        ended: false,
        deleting: Promise.resolve(),
      }
      const salt = saltOf(journal)
      this.#epochs.set(journal, epoch)
      this.#current = { epoch, salt, supply, segment, offset: 0, room: segment.bytes, nextSequence: 1 }
      this.#lastId = journal
      this.#failure = undefined
    } catch (error) {
      await supply.close()
      await rmdir(directory).catch(() => undefined)
      throw error
    }
    this.#options.onReport?.({ kind: 'epoch-opened', journal })
    this.#tellEpochs()
    this.#tellDurable()
  }

  #scheduleProbe(): void {
    if (this.#probe || this.#closing) return
    this.#probe = setTimeout(() => {
      this.#probe = undefined
      if (!this.#current) void this.open()
      else {
        this.#current.supply.replenish()
        if (this.#current.supply.failure) this.#scheduleProbe()
      }
    }, this.#options.probeIntervalMs ?? 250).unref()
  }

  /** Why an append of ordinary size is refused now. */
  #refusal(finishing: boolean): JournalUnavailableError | undefined {
    if (this.#closing) return new JournalUnavailableError('closed', `Journal in ${this.directory} is closed`)
    const current = this.#current
    if (!current) {
      return (
        this.#failure ?? new JournalUnavailableError('io-error', `Journal in ${this.directory} is opening`)
      )
    }
    if (finishing || current.room > this.#segmentBytes / 2) return undefined
    const failure = current.supply.failure
    if (failure) this.#scheduleProbe()
    return failure
  }

  #stage(build: BuildEntry): Batch {
    const current = this.#current!
    const sequence = current.nextSequence
    const entry = build(current.epoch.journal, sequence)
    if (current.nextSequence !== sequence || this.#current !== current) {
      throw new Error('A journal entry was built by appending to the journal')
    }
    const bytes = frameBytes(entry)
    const batch = this.#batchFor(current, bytes)
    const usedBefore = batch.used
    batch.add(current.salt, Date.now(), entry, bytes)
    current.nextSequence++
    current.room -= batch.used - usedBefore
    this.#stagedBytes += batch.used - usedBefore
    this.#appended++
    if (!this.#writing && !this.#flushScheduled) {
      this.#flushScheduled = true
      setImmediate(this.#flush)
    }
    return batch
  }

  /** @throws JournalUnavailableError when the entry needs a segment and there is none. */
  #batchFor(current: Current, bytes: number): Batch {
    const last = this.#staged.at(-1)
    if (bytes <= current.room) {
      if (last && last.used + bytes <= batchBytes) return last
      return this.#newBatch(current, undefined)
    }
    const begins = current.supply.claim()
    if (!begins) {
      this.#scheduleProbe()
      throw current.supply.failure ?? new Error('No segment')
    }
    begins.catch(() => undefined)
    current.room = this.#segmentBytes
    return this.#newBatch(current, begins)
  }

  #newBatch(current: Current, begins: Promise<AllocatedSegment> | undefined): Batch {
    const buffer = this.#buffers.pop() ?? Buffer.allocUnsafeSlow(bufferBytes)
    const batch = new Batch(current.nextSequence, begins, buffer)
    this.#staged.push(batch)
    return batch
  }

  readonly #flush = (): void => {
    this.#flushScheduled = false
    const current = this.#current
    if (this.#writing || !current) return
    const batch = this.#staged.shift()
    if (!batch) {
      this.#drained?.()
      return
    }
    this.#writing = batch
    if (!batch.begins) this.#write(current, batch, 0, performance.now())
    else {
      this.#beginSegment(current, batch, batch.begins).then(
        () => this.#write(current, batch, 0, performance.now()),
        (error) => this.#fail(current, error),
      )
    }
  }

  async #beginSegment(current: Current, batch: Batch, begins: Promise<AllocatedSegment>): Promise<void> {
    const next = await begins
    const full = current.segment
    next.firstSequence = batch.firstSequence
    current.epoch.segments.push(next)
    this.#budget.usedBytes -= full.bytes - current.offset
    full.bytes = current.offset
    void truncateSynced(segmentFile(this.directory, current.epoch.journal, full.segment), current.offset)
      .catch(() => undefined)
      .then(() => full.close())
    current.segment = next
    current.offset = 0
  }

  #write(current: Current, batch: Batch, done: number, startedMs: number): void {
    write(
      current.segment.fd,
      batch.bytes,
      done,
      batch.used - done,
      current.offset + done,
      (error, written) => {
        if (error) this.#fail(current, error)
        else if (done + written < batch.used) this.#write(current, batch, done + written, startedMs)
        else this.#committed(current, batch, performance.now() - startedMs)
      },
    )
  }

  #committed(current: Current, batch: Batch, durationMs: number): void {
    current.segment.firstTimeMs ??= batch.firstTimeMs
    current.offset += batch.used
    current.epoch.lastSequence = batch.firstSequence + batch.entries - 1
    if (current.offset > current.segment.bytes) {
      this.#budget.usedBytes += current.offset - current.segment.bytes
      current.segment.bytes = current.offset
    }
    this.#stagedBytes -= batch.used
    this.#synced += batch.entries
    this.#writing = undefined
    for (const waiter of batch.waiters) waiter.settle()
    this.#tellDurable()
    this.#options.onSync?.(durationMs, batch.entries, batch.used)
    if (batch.bytes.length === bufferBytes && this.#buffers.length < 4) this.#buffers.push(batch.bytes)
    this.#flush()
  }

  /** Ends the epoch at its last durable entry. What is not durable is rejected and cut off. */
  #fail(current: Current, cause: unknown): void {
    const failure = unavailable(cause, this.directory)
    const { epoch, segment, offset, supply } = current
    const failed = [...(this.#writing ? [this.#writing] : []), ...this.#staged.splice(0)]
    this.#writing = undefined
    this.#current = undefined
    this.#stagedBytes = 0
    this.#failure = failure
    for (const batch of failed) {
      this.#lost += batch.unsynced
      this.#refused += batch.waiters.length
      for (const waiter of batch.waiters) waiter.reject(failure)
    }
    const claimed = failed.flatMap((batch) => batch.begins ?? [])
    this.#repairs.push(() => this.#endEpoch(epoch, segment, offset, supply, claimed))
    const { reason, message } = failure
    const { journal, lastSequence } = epoch
    this.#options.onReport?.({ kind: 'epoch-sealed', journal, lastSequence, reason, message })
    this.#tellEpochs()
    this.#drained?.()
    this.#scheduleProbe()
  }

  /** Leaves an epoch's directory as `recoverEpoch` would. Can be repeated when it fails half-way. */
  async #endEpoch(
    epoch: Epoch,
    segment: AllocatedSegment,
    offset: number,
    supply: SegmentSupply,
    claimed: Promise<AllocatedSegment>[],
  ): Promise<void> {
    await supply.close()
    for (const claim of claimed.splice(0)) {
      const unused = await claim.catch(() => undefined)
      if (!unused || unused === segment) continue
      await unused.close()
      this.#budget.usedBytes -= unused.bytes
      await unlink(segmentFile(this.directory, epoch.journal, unused.segment)).catch(() => undefined)
    }
    await segment.close().catch(() => undefined)
    const file = segmentFile(this.directory, epoch.journal, segment.segment)
    if (offset > 0) {
      if ((await stat(file)).size > offset) await truncateSynced(file, offset)
    } else {
      await unlink(file).catch(ignoreMissing)
      epoch.segments = epoch.segments.filter((kept) => kept !== segment)
    }
    this.#budget.usedBytes -= segment.bytes - offset
    segment.bytes = offset
    epoch.ended = true
    await this.#deleteConfirmed(epoch)
  }

  async #deleteConfirmed(epoch: Epoch): Promise<void> {
    for (let oldest = epoch.segments[0]; oldest; oldest = epoch.segments[0]) {
      const next = epoch.segments[1]
      if (!next && !epoch.ended) return
      const lastSequence = next ? next.firstSequence - 1 : epoch.lastSequence
      if (lastSequence > epoch.confirmed) return
      await unlink(segmentFile(this.directory, epoch.journal, oldest.segment)).catch(ignoreMissing)
      epoch.segments.shift()
      this.#budget.usedBytes -= oldest.bytes
      this.#current?.supply.replenish()
    }
    if (epoch.ended) await this.#removeEpoch(epoch)
  }

  async #removeEpoch(epoch: Epoch): Promise<void> {
    await rmdir(join(this.directory, epoch.journal)).catch(ignoreMissing)
    this.#epochs.delete(epoch.journal)
    const { journal, lastSequence } = epoch
    this.#options.onReport?.({ kind: 'epoch-removed', journal, lastSequence })
    this.#tellEpochs()
  }

  async #close(): Promise<void> {
    await this.#opening
    clearTimeout(this.#probe)
    if (this.#writing || this.#staged.length > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve
      })
    }
    const current = this.#current
    this.#current = undefined
    if (current) {
      const { epoch, segment, offset, supply } = current
      this.#repairs.push(() => this.#endEpoch(epoch, segment, offset, supply, []))
    }
    await this.#repair()
    await Promise.all([...this.#epochs.values()].map((epoch) => epoch.deleting.catch(() => undefined)))
    await this.#lock?.release()
  }

  #position() {
    const current = this.#current
    if (!current) return undefined
    const { epoch, segment, offset } = current
    return { journal: epoch.journal, segment: segment.segment, offset, sequence: epoch.lastSequence }
  }

  #tellDurable(): void {
    const position = this.#position()
    if (position) for (const follower of this.#followers) follower.durable(position)
  }

  #tellEpochs(): void {
    const infos = this.#epochInfos()
    for (const follower of this.#followers) follower.epochs(infos)
  }

  #epochInfos(): EpochInfo[] {
    return [...this.#epochs.values()].map((epoch) => ({
      journal: epoch.journal,
      lastSequence: epoch.lastSequence,
      current: epoch === this.#current?.epoch,
    }))
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
