export {
  type JournalCoverage,
  type Manifest,
  manifestName,
  manifestSchema,
  type Place,
} from './manifest.ts'
export { type RangeList, SequenceRanges } from './sequence-ranges.ts'
export { Tally, type TallyState } from './tally.ts'
export { type Verdict, verifyExport } from './verify-export.ts'
