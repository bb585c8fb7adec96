export {
  CheckpointProblem,
  checkCheckpoint,
  checkSignedText,
  type SignedCheckpoint,
} from './check-checkpoint.ts'
export type { Proven } from './check-proof.ts'
export { csvRecord } from './csv.ts'
export {
  type DropRecord,
  dropHeading,
  dropRecordSchema,
  dropText,
  isDropRecord,
  readDropRecord,
} from './drop-record.ts'
export { splitLines } from './lines.ts'
export {
  type ArchivedDay,
  type JournalCoverage,
  type Manifest,
  type ManifestProof,
  manifestName,
  manifestSchema,
  type Place,
} from './manifest.ts'
export { ManifestError, readManifest, writeManifest } from './manifest-file.ts'
export {
  formatProofLine,
  type ProofLine,
  parseProofLine,
  proofHeading,
  proofName,
  type RowProof,
} from './proof-file.ts'
export { isReceipt, type Receipt, type ReceiptEvent, receiptSchema } from './receipt.ts'
export { secondVerifier } from './second-verifier.ts'
export { type RangeList, SequenceRanges } from './sequence-ranges.ts'
export {
  isStatement,
  readStatement,
  type Statement,
  statementHeading,
  statementSchema,
  statementText,
} from './statement.ts'
export { Tally, type TallyState } from './tally.ts'
export { type ParquetRow, type ProofInput, type Verdict, verifyExport } from './verify-export.ts'
export { type ReceiptVerdict, verifyReceipt } from './verify-receipt.ts'
