export { EpochReader, type JournalRecord, type ReadLimit } from './epoch-reader.ts'
export { JournalUnavailableError, RecordTooLargeError, type UnavailableReason } from './errors.ts'
export { openJournal } from './open-journal.ts'
export { freeBytes } from './read-bytes.ts'
export type {
  Appended,
  AppendOptions,
  BuildEntry,
  DamageReport,
  DurablePosition,
  EpochInfo,
  EventText,
  Journal,
  JournalEntry,
  JournalFollower,
  JournalOptions,
  JournalReport,
  JournalState,
} from './types.ts'
