import { makeDirectory } from '@airs-cp/files'
import type { Batch } from './batch.ts'
import { type DirectoryLock, lockDirectory } from './directory-lock.ts'
import { DiskBudget } from './disk-budget.ts'
import { EpochStore } from './epoch-store.ts'
import { EpochWriter } from './epoch-writer.ts'
import { JournalUnavailableError } from './errors.ts'
import { describeFileSystem, type FileSystem } from './file-system.ts'
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
const stagedBytesForUnsynced = 32 * 1024 * 1024
/** Some writes, so that the disk is never idle for whoever waits. */
const stagedBytesForRoom = 4 * 1024 * 1024

/** Opens the journal, or begins to try: `state()` reports whether it is available. Rejects only options that cannot be. */
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
 * | state     | appends                                          | leaves it by                                             |
 * |-----------|--------------------------------------------------|----------------------------------------------------------|
 * | opening   | refused with the reason                          | lock, recovery and a new epoch; tried periodically       |
 * | open      | accepted                                         | a write that fails (→ opening), `close`                  |
 * | filled up | only `finishing` ones, in half of a segment      | space freed by `confirm`, or on the disk                 |
 * | closed    | refused                                          |                                                          |
 */
class LocalJournal implements Journal {
  readonly directory: string
  readonly #options: JournalOptions
  readonly #segmentBytes: number
  readonly #retryMs: number
  readonly #budget: DiskBudget
  readonly #epochs: EpochStore
  readonly #followers = new Set<JournalFollower>()
  /** Writers of ended epochs whose files are not in order yet; a failing disk may not let them. */
  readonly #ending = new Set<EpochWriter>()
  #lock: DirectoryLock | undefined
  #isLockLost = false
  #doubt: string | undefined
  #recovered = false
  #isPrepared = false
  #writer: EpochWriter | undefined
  #lastId: string | undefined
  #failure: JournalUnavailableError
  #opening: Promise<void> = Promise.resolve()
  #retry: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined
  #room: PromiseWithResolvers<void> | undefined
  #appended = 0
  #synced = 0
  #lost = 0
  /** Of those, the ones that the next entry leaves sequences out for. */
  #unnumbered = 0
  #refused = 0

  constructor(options: JournalOptions, segmentBytes: number, limitBytes: number) {
    const { directory, probeIntervalMs = 250, onReport = () => {} } = options
    this.directory = directory
    this.#options = options
    this.#segmentBytes = segmentBytes
    this.#retryMs = probeIntervalMs
    this.#budget = new DiskBudget(limitBytes)
    this.#failure = new JournalUnavailableError('io-error', `Journal in ${directory} is being opened`)
    this.#epochs = new EpochStore({
      directory,
      budget: this.#budget,
      report: onReport,
      changed: () => this.#reportEpochs(),
      freed: () => this.#writer?.replenish(),
    })
  }

  get id(): string | undefined {
    return this.#lastId
  }

  append(build: BuildEntry, options?: AppendOptions): Promise<Appended> {
    return new Promise((resolve, reject) => {
      try {
        const batch = this.#stage(build, options?.finishing === true)
        const appended = { journal: this.#lastId!, sequence: batch.lastSequence }
        batch.waiters.push({ settle: () => resolve(appended), reject })
      } catch (error) {
        if (error instanceof JournalUnavailableError) this.#refused++
        reject(error)
      }
    })
  }

  appendUnsynced(build: BuildEntry): Appended | undefined {
    try {
      if ((this.#writer?.stagedBytes ?? 0) > stagedBytesForUnsynced) return this.#lose()
      const batch = this.#stage(build, false)
      batch.unsynced++
      return { journal: this.#lastId!, sequence: batch.lastSequence }
    } catch (error) {
      if (!(error instanceof JournalUnavailableError)) throw error
      return this.#lose()
    }
  }

  room(): Promise<void> | undefined {
    if (this.#hasRoom) return undefined
    this.#room ??= Promise.withResolvers()
    return this.#room.promise
  }

  get #hasRoom(): boolean {
    return (this.#writer?.stagedBytes ?? 0) <= stagedBytesForRoom
  }

  #giveRoom(): void {
    if (!this.#room || !this.#hasRoom) return
    this.#room.resolve()
    this.#room = undefined
  }

  #lose(): undefined {
    this.#lost++
    this.#unnumbered++
  }

  async confirm(journal: string, sequence: number): Promise<void> {
    if (!this.#isLockLost) await this.#epochs.confirm(journal, sequence)
  }

  turnOver(journal: string, sequence: number): boolean {
    return this.#writer?.epoch.journal === journal && this.#writer.turnOver(sequence)
  }

  follow(follower: JournalFollower): () => void {
    this.#followers.add(follower)
    follower.epochs(this.#epochInfos())
    if (this.#writer) follower.durable(this.#writer.position)
    return () => this.#followers.delete(follower)
  }

  state(): JournalState {
    const refusal = this.#refusal(false)
    const segments = this.#epochs.list().flatMap((epoch) => epoch.segments)
    return {
      available: refusal === undefined,
      reason: refusal?.reason,
      message: refusal?.message,
      doubt: this.#doubt,
      journal: this.#lastId,
      bytes: this.#budget.usedBytes,
      limitBytes: this.#budget.limitBytes,
      segments: segments.length,
      oldestEntryTimeMs: segments.find(({ firstTimeMs }) => firstTimeMs !== undefined)?.firstTimeMs,
      appended: this.#appended,
      synced: this.#synced,
      lost: this.#lost,
      refused: this.#refused,
      leftOut: refusal ? undefined : this.#leftOut(),
    }
  }

  #leftOut(): JournalState['leftOut'] {
    if (!this.#writer || this.#unnumbered === 0) return undefined
    const { epoch, nextSequence } = this.#writer
    return { journal: epoch.journal, from: nextSequence, to: nextSequence + this.#unnumbered - 1 }
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
      this.#scheduleOpen()
    })
    await this.#opening
  }

  async #tryOpen(): Promise<void> {
    if (!this.#lock) {
      await makeDirectory(this.directory)
      const fileSystem = await describeFileSystem(this.directory)
      this.#noteFileSystem(fileSystem)
      this.#lock = await (this.#options.lock ?? lockDirectory)(this.directory, {
        isShared: fileSystem?.isShared ?? false,
        onLost: () => this.#loseLock(),
      })
    }
    if (!this.#isOurs())
      throw new JournalUnavailableError('locked', `Journal in ${this.directory} is no longer locked`)
    if (!this.#recovered) await this.#epochs.recover()
    this.#recovered = true
    if (!this.#isPrepared) await this.#options.beforeFirstEpoch?.()
    this.#isPrepared = true
    await this.#endEpochs()
    if (this.#closing) return
    const writer = await EpochWriter.begin({
      directory: this.directory,
      segmentBytes: this.#segmentBytes,
      retryMs: this.#retryMs,
      budget: this.#budget,
      isHeld: () => this.#lock?.isHeld() ?? false,
      committed: (batch, durationMs) => this.#committed(batch, durationMs),
      failed: (failure, batches) => this.#epochFailed(failure, batches),
    })
    this.#writer = writer
    this.#lastId = writer.epoch.journal
    this.#options.onReport?.({ kind: 'epoch-opened', journal: writer.epoch.journal })
    this.#epochs.add(writer.epoch)
    this.#reportDurable(writer)
  }

  #noteFileSystem(fileSystem: FileSystem | undefined): void {
    if (!fileSystem?.doubt || this.#doubt) return
    this.#doubt = `The journal in ${this.directory} is on ${fileSystem.name}: ${fileSystem.doubt}, so a power cut may lose what was recorded. Put it on a local disk or a block volume.`
    this.#options.onReport?.({
      kind: 'file-system-untrusted',
      fileSystem: fileSystem.name,
      message: this.#doubt,
    })
  }

  /** Another process may have recovered what this one wrote, so this one writes nothing more, not even to tidy up. */
  #loseLock(): void {
    if (this.#isLockLost) return
    this.#isLockLost = true
    clearTimeout(this.#retry)
    const message = `The lease on journal directory ${this.directory} could not be renewed in time, so another process may have taken it`
    this.#failure = new JournalUnavailableError('locked', message)
    this.#writer?.abandon(this.#failure)
    this.#options.onReport?.({ kind: 'lock-lost', message })
  }

  /** Whether the directory is still this process's, as far as the lock knows: it may be lost before this is told so. */
  #isOurs(): boolean {
    return !this.#isLockLost && this.#lock?.isHeld() !== false
  }

  #scheduleOpen(): void {
    if (this.#closing || this.#isLockLost) return
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => void this.open(), this.#retryMs).unref()
  }

  #refusal(finishing: boolean): JournalUnavailableError | undefined {
    if (this.#closing) return new JournalUnavailableError('closed', `Journal in ${this.directory} is closed`)
    return this.#writer ? this.#writer.refusal(finishing) : this.#failure
  }

  #stage(build: BuildEntry, finishing: boolean): Batch {
    const refusal = this.#refusal(finishing)
    if (refusal) throw refusal
    const batch = this.#writer!.stage(build, this.#unnumbered)
    this.#unnumbered = 0
    this.#appended++
    return batch
  }

  #committed(batch: Batch, durationMs: number): void {
    this.#synced += batch.entries
    for (const waiter of batch.waiters) waiter.settle()
    this.#giveRoom()
    if (this.#writer) this.#reportDurable(this.#writer)
    this.#options.onSync?.(durationMs, batch.entries, batch.used)
  }

  #epochFailed(failure: JournalUnavailableError, batches: Batch[]): void {
    const writer = this.#writer!
    const { journal, lastSequence } = writer.epoch
    this.#ending.add(writer)
    this.#writer = undefined
    this.#failure = failure
    this.#giveRoom()
    for (const batch of batches) {
      this.#lost += batch.unsynced
      this.#unnumbered += batch.unsynced + batch.lostBefore
      this.#refused += batch.waiters.length
      for (const waiter of batch.waiters) waiter.reject(failure)
    }
    const { reason, message } = failure
    this.#options.onReport?.({ kind: 'epoch-sealed', journal, lastSequence, reason, message })
    this.#reportEpochs()
    this.#scheduleOpen()
  }

  async #endEpochs(): Promise<void> {
    if (!this.#isOurs()) return
    for (const writer of this.#ending) {
      const ended = await writer.end().then(
        () => true,
        () => false,
      )
      if (!ended) continue
      this.#ending.delete(writer)
      await this.#epochs.deleteConfirmed(writer.epoch).catch(() => undefined)
    }
  }

  async #close(): Promise<void> {
    await this.#opening
    clearTimeout(this.#retry)
    await this.#writer?.drained()
    if (this.#writer) this.#ending.add(this.#writer)
    this.#writer = undefined
    if (!this.#isOurs()) for (const writer of this.#ending) await writer.letGo().catch(() => undefined)
    await this.#endEpochs()
    this.#reportEpochs()
    await this.#lock?.release()
  }

  #reportDurable(writer: EpochWriter): void {
    for (const follower of this.#followers) follower.durable(writer.position)
  }

  #reportEpochs(): void {
    if (this.#followers.size === 0) return
    const infos = this.#epochInfos()
    for (const follower of this.#followers) follower.epochs(infos)
  }

  #epochInfos(): EpochInfo[] {
    return this.#epochs.list().map((epoch) => ({
      journal: epoch.journal,
      lastSequence: epoch.lastSequence,
      current: epoch === this.#writer?.epoch,
    }))
  }
}
