export {
  type CompiledPolicy,
  type CompiledPolicySet,
  compilePolicySet,
} from './compile.ts'
export { type ContentRecording, contentRecordingOf, mayCover } from './content-recording.ts'
export { type PolicyDocument, policyDocumentSchema } from './document.ts'
export {
  type Block,
  blocksTool,
  decideUnseen,
  type Evaluation,
  enforces,
  enforcesForSomeModel,
  evaluate,
  evaluateByLength,
  evaluateInSlices,
  looksAt,
  policiesFor,
} from './evaluate.ts'
export type {
  Direction,
  EvaluatedText,
  EvaluationContext,
  McpFacts,
  RequestTraits,
  Unscanned,
} from './evaluation-context.ts'
export { sliceCharacters } from './find.ts'
export { createFinderMemory } from './finder-memory.ts'
export { isLong, mostAtOnce } from './is-long.ts'
export { policyJsonSchema } from './json-schema.ts'
export { beginsAsJson, type Change, changed } from './json-text.ts'
export { createKeyedDigest } from './keyed-digest.ts'
export {
  createMasker,
  leastSearchedCharacters,
  type MaskedValues,
  maskTexts,
  maskValues,
} from './mask-texts.ts'
export { mergeDecisions } from './merge-decisions.ts'
export { PolicyDocumentError, type PolicyProblem, parsePolicies } from './parse-policies.ts'
export { createRecentTable, type RecentTable } from './recent-table.ts'
export { createPlaceholderFinder, type PlaceholderFinder, restorationsIn, restoreText } from './restore.ts'
export { createScanCache, type ScanCache } from './scan-cache.ts'
export { matchesGlob, type Subject } from './scope.ts'
export { addedBySecondStage, type SecondOpinions } from './second-stage.ts'
export { asksSecondStage, secondStageNeed } from './second-stage-need.ts'
export { type About, createStreamGuard, type StreamGuard } from './stream-guard.ts'
export { heldBy, warningsOf, wholeJudges } from './stream-hold.ts'
export { countLater, countOnce, createThrottle, type Passed, type Throttle } from './throttle.ts'
export { noTools, type ToolCall, type ToolUse } from './tool-calls/tool-use.ts'
export { inTurns, turn, turnMs } from './turns.ts'
