// First: whatever else reads JSON reads it by this.
import './mend-json-parse.ts'
import './plain-issues.ts'

export {
  bodyBytes,
  type ContentLevel,
  type ContentParts,
  type ContentReference,
  contentBytes,
  contentLevelSchema,
  contentLevels,
  contentReferenceSchema,
  type FindContent,
  holdsContent,
  type RecordedBody,
  type RecordedContent,
  recordBody,
  recordedBodySchema,
} from './body.ts'
export { type BudgetPeriod, budgetPeriods, periodAt } from './budget-period.ts'
export { checkPlace } from './check-place.ts'
export { closestName, didYouMean } from './closest-name.ts'
export { characterStart, cutBytes, indexOfByte, pieceBytes, writeContent } from './content.ts'
export type { ArchiveFailed, ArchiveRequested } from './control/archive.ts'
export { type AnomalyFound, anomalyKinds } from './control/conduct.ts'
export { type ErasureSelection, erasureReasonSchema, erasureSelectionSchema } from './control/erasure.ts'
export {
  type ExportFilters,
  type ExportRequested,
  exportCompressions,
  exportFiltersSchema,
  exportFormats,
  exportKinds,
} from './control/exports.ts'
export {
  type KeyIdentity,
  type KeyLimits,
  type KeyMatch,
  keyIdentitySchema,
  keyLimitsSchema,
} from './control/keys.ts'
export type { BacktestRequested, PolicyApplied, PolicyRemoved } from './control/policies.ts'
export {
  type CallerQuarantined,
  defaultQuarantineRule,
  type QuarantineRule,
  type QuarantineTarget,
  quarantineRuleSchema,
  quarantineTargetSchema,
  type SessionQuarantined,
} from './control/quarantine.ts'
export type { ContentRead, EventBuried, ImportBegun } from './control/record.ts'
export { leastMetadataDays, metadataFloorDays } from './control/retention.ts'
export { type ControlEvent, controlSchemas, InvalidControlEventError } from './control.ts'
export {
  type Action,
  actionSchema,
  actions,
  type Decision,
  decisionSchema,
  type Finding,
  findingSchema,
  type HeldPart,
  type Mode,
  modeMeanings,
  modeSchema,
  modes,
  type SecondStageReport,
  secondStageSchema,
  type TextSource,
  textSourceSchema,
  textSources,
  type Verdict,
} from './decision.ts'
export { sha256Hex } from './digest.ts'
export { createEntrySet, type EntrySet } from './entry-set.ts'
export { type Envelope, type EventOf, envelopeSchema, factsFormat } from './envelope.ts'
export {
  type ExchangeKind,
  type ExchangeState,
  exchangeKinds,
  exchangeStates,
  failedStates,
  kindOfExchange,
  openingStates,
  operationOf,
  outcomeStates,
  stateRank,
} from './exchange-state.ts'
export { ContentDepthError, contentFinder, loadContents, mostDepth, referencesIn } from './find-contents.ts'
export { boundedName, type Cut, fitData, maxNameCharacters } from './fit-data.ts'
export { firstIdAt, isUuid, uuidFrom, uuidPattern, uuidv7 } from './id.ts'
export { isEscaped } from './is-escaped.ts'
export { maskOf, masksIn } from './mask.ts'
export { endOfMoment, type Moment, momentForms, readMoment } from './moment.ts'
export { type AnyEvent, type EventByType, parseEvent, parseEventIfAny, parseForeignEvent } from './parse.ts'
export {
  type ClientKey,
  type ClientKeySet,
  entryNames,
  type JournalProgress,
  journalProgressSchema,
  type KeptResponse,
  type KeyUse,
  keptResponseSchema,
  mcpToolSetSchema,
  type PartHead,
  type PolicySet,
  type PublishedEntries,
  type PublishedHead,
  type PublishedKey,
  type PublishedMode,
  type PublishedPart,
  type PublishedValues,
  parseEntry,
  parseHead,
  parsePublished,
  parseSpent,
  partOfEntry,
  publishedHeadSchema,
  publishedParts,
  publishedSchemas,
  type QuarantinedSessions,
  type Spent,
  unknownParts,
  usageReportSchema,
} from './published.ts'
export { RecentEvents } from './recent-events.ts'
export { roundedMs } from './rounded-ms.ts'
export { searched } from './searched.ts'
export { atOnce, inSteps, type Slices, type Step, takenBy } from './slices.ts'
export {
  bucketBounds,
  buckets,
  controlStream,
  defaultTrafficBytes,
  importedStream,
  maxEventBytes,
  type StreamDefinition,
  streams,
  trafficStream,
} from './streams.ts'
export {
  controlSubject,
  defaultIngress,
  eventTokenOf,
  importedSubject,
  ingressNamePattern,
  ingressOfSource,
  ingressOfSubject,
  ingressSource,
  partitionCount,
  partitionOf,
  subjectOfIngress,
  tenantPattern,
  trafficSubject,
  usageSubject,
  usageSubjects,
} from './subjects.ts'
export {
  type Attempt,
  attemptSchema,
  type EventOmitted,
  type ExchangeAbandoned,
  type IngressMcpServer,
  type IngressStarted,
  type IngressUpstream,
  ingressUpstreamSchema,
  type McpMessage,
  type RecordingMode,
  type RequestBlocked,
  type RequestReceived,
  type RequestRejected,
  recordingModeSchema,
  recordingModes,
  type SettingInForce,
  settingInForceSchema,
  type TrafficEvent,
  trafficSchemas,
  type Usage,
} from './traffic.ts'
export { contentTypes, type EventType, eventTypes, openingTypes, outcomeTypes } from './types.ts'
export { wholeDigits } from './whole-number.ts'
