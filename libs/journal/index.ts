export { JournalUnavailableError, RecordTooLargeError, type UnavailableReason } from './errors.ts'
export type {
  Appended,
  AppendOptions,
  BuildEntry,
  DamageReport,
  DurablePosition,
  EpochInfo,
  Journal,
  JournalEntry,
  JournalOptions,
  JournalReport,
  JournalState,
} from './types.ts'
