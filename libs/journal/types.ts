import type { lockDirectory } from './directory-lock.ts'
import type { UnavailableReason } from './errors.ts'

/** What is appended. `event` is JSON: text, or its UTF-8 bytes. */
export type JournalEntry = { subject: string; id: string; event: Uint8Array | EventText }

/** Pieces follow each other; each is well-formed. To make one text of them takes as long as to write it. */
export type EventText = string | readonly string[]

/*
 * What is called `journal` and is a string is the id of an epoch: events carry it by that name.
 */

/**
 * Builds the entry that gets `sequence` in `journal`; called synchronously, exactly once. When it throws, the
 * sequence number is given to the next append.
 */
export type BuildEntry = (journal: string, sequence: number) => JournalEntry

/** Where an entry was put. */
export type Appended = { journal: string; sequence: number }

/** Everything before `offset` of `segment`, and all segments before it, is on disk and may be read. */
export type DurablePosition = { journal: string; segment: number; offset: number; sequence: number }

export type JournalOptions = {
  directory: string
  /** Size of a segment, allocated when it is begun; at most an eighth of `limitBytes`. Default 16 MiB. */
  segmentBytes?: number
  /** Bytes on disk over all segments of all epochs at which appends are refused. Default 4 GiB. */
  limitBytes?: number
  /** How often an unavailable journal tries to become available. Default 250 ms. */
  probeIntervalMs?: number
  /** After each sync: how long the write with its sync took, and how many entries shared it. */
  onSync?: (durationMs: number, entries: number, bytes: number) => void
  onReport?: (report: JournalReport) => void
  /** Runs under the lock, before the first epoch begins. While it fails, the journal is not available, and it is tried again. */
  beforeFirstEpoch?: () => Promise<void>
  /** How the directory is locked, if not by the file system that it is on. */
  lock?: typeof lockDirectory
}

/** What an operator should hear about. Offsets are bytes in `file`, `to` exclusive. */
export type JournalReport =
  | { kind: 'epoch-opened'; journal: string }
  | {
      kind: 'epoch-sealed'
      journal: string
      lastSequence: number
      reason: UnavailableReason
      message: string
    }
  | { kind: 'epoch-recovered'; journal: string; firstSequence: number; lastSequence: number; bytes: number }
  | { kind: 'epoch-unreadable'; journal: string; message: string }
  | { kind: 'epoch-removed'; journal: string; lastSequence: number }
  | { kind: 'torn-tail'; journal: string; file: string; from: number; to: number; lastSequence: number }
  | { kind: 'file-system-untrusted'; fileSystem: string; message: string }
  /** The process must end: another may write to the directory. */
  | { kind: 'lock-lost'; message: string }
  | DamageReport

/** Bytes that hold no valid frame, though frames were written there; `lostEvents` sequences from `firstLost` on are gone. */
export type DamageReport = {
  kind: 'damage'
  journal: string
  segment: number
  file: string
  from: number
  to: number
  firstLost: number
  lostEvents: number
  /** Copy of the damaged bytes; undefined when there are none, as where a whole segment is missing. */
  quarantineFile: string | undefined
}

export type JournalState = {
  available: boolean
  /** Why appends are refused; undefined while available. */
  reason: UnavailableReason | undefined
  message: string | undefined
  /** Why the file system may lose in a power cut what was synced; undefined where it is trusted. */
  doubt: string | undefined
  /** The epoch that appends go to; undefined before the first. */
  journal: string | undefined
  bytes: number
  limitBytes: number
  segments: number
  /** Time of the oldest entry that is not deleted; undefined when there is none. */
  oldestEntryTimeMs: number | undefined
  /** Counters since open. `lost` counts unsynced appends that failed or were refused, `refused` rejected `append`s. */
  appended: number
  synced: number
  lost: number
  refused: number
  /** Sequences that the next entry leaves out, for what was lost before it; undefined when nothing was, or while unavailable. */
  leftOut: { journal: string; from: number; to: number } | undefined
}

/** An earlier epoch whose entries are not all confirmed yet, or the current one. */
export type EpochInfo = { journal: string; lastSequence: number; current: boolean }

/** Called on the appending thread, so it must be cheap and must not throw. */
export type JournalFollower = {
  /** After each sync, and when an epoch begins (sequence 0). */
  durable(position: DurablePosition): void
  /** When an epoch began, ended or was removed: all that are there now, oldest first. */
  epochs(epochs: EpochInfo[]): void
}

export type AppendOptions = {
  /**
   * For the outcome of an exchange whose request is already recorded: may use the last segment under `limitBytes`,
   * which other appends may not, so that what was begun can be finished when the journal fills up.
   */
  finishing?: boolean
}

/**
 * The journal of one process in `directory`. One epoch at a time is written; it ends with the process, or when a
 * write or sync fails. Then all waiting appends reject, and a new epoch begins as soon as the disk works again.
 */
export type Journal = AsyncDisposable & {
  readonly directory: string
  /** Id of the current epoch; undefined while none could ever be opened. */
  readonly id: string | undefined
  /**
   * Resolves when the entry is on disk; one write and sync is shared by all that wait.
   * @throws JournalUnavailableError when it is not, RecordTooLargeError, or what `build` throws. Always as a rejection.
   */
  append(build: BuildEntry, options?: AppendOptions): Promise<Appended>
  /**
   * Appends without waiting. Returns undefined when the entry is refused; then, or when its write fails later, it is counted as lost,
   * and the next entry that is taken leaves a sequence out for it, so that readers report it.
   */
  appendUnsynced(build: BuildEntry): Appended | undefined
  /**
   * For whoever could append without end: undefined while the disk keeps up; otherwise resolves when little waits to be written, or
   * when that was refused.
   */
  room(): Promise<void> | undefined
  /** Everything in `journal` up to `sequence` is safe elsewhere: deletes the segments, and at last the epoch, that hold nothing else. */
  confirm(journal: string, sequence: number): Promise<void>
  /**
   * Entries of `journal` up to `sequence` are to leave the disk: where they are in the segment that is written, the next
   * entry begins another, so that `confirm` deletes it. Those of earlier epochs go without that.
   * @returns whether an entry is needed for it.
   */
  turnOver(journal: string, sequence: number): boolean
  /** Calls `follower` with what is there now, and with every change until the returned function is called. */
  follow(follower: JournalFollower): () => void
  state(): JournalState
  /** Syncs what was appended, and closes. Later appends are refused. */
  close(): Promise<void>
}
