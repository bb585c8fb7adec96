export {
  bodyBytes,
  type ContentReference,
  contentBytes,
  contentReferenceSchema,
  type RecordedBody,
  type RecordedContent,
  recordBody,
  recordedBodySchema,
} from './body.ts'
export { checkPlace } from './check-place.ts'
export { closestName, didYouMean } from './closest-name.ts'
export { characterStart, contentOf, cutBytes, pieceBytes } from './content.ts'
export {
  type AnomalyFound,
  anomalyKinds,
  type BacktestRequested,
  type ContentRead,
  type ControlEvent,
  controlSchemas,
  defaultQuarantineRule,
  type EventBuried,
  type ExportCancelled,
  type ExportCompleted,
  type ExportDeleted,
  type ExportFailed,
  type ExportFilters,
  type ExportRequested,
  exportCompressions,
  exportFiltersSchema,
  exportFormats,
  exportKinds,
  type ImportBegun,
  InvalidControlEventError,
  type JournalGap,
  type KeyCreated,
  type KeyLimits,
  type KeyRevoked,
  keyLimitsSchema,
  type ModeChanged,
  type PolicyApplied,
  type PolicyRemoved,
  type QuarantineRule,
  quarantineRuleSchema,
  type SessionQuarantined,
} from './control.ts'
export {
  type Action,
  actionSchema,
  actions,
  type Decision,
  decisionSchema,
  type Finding,
  findingSchema,
  type Mode,
  modeMeanings,
  modeSchema,
  modes,
  type TextSource,
  textSourceSchema,
  textSources,
  type Verdict,
} from './decision.ts'
export { sha256Hex } from './digest.ts'
export { createEntrySet, type EntrySet } from './entry-set.ts'
export { type Envelope, type EventOf, envelopeSchema } from './envelope.ts'
export { type ExchangeState, exchangeStates, openingStates, outcomeStates } from './exchange-state.ts'
export { boundedName, type Cut, fitData, maxNameCharacters } from './fit-data.ts'
export { uuidFrom, uuidv7 } from './id.ts'
export { endOfMoment, type Moment, momentForms, readMoment } from './moment.ts'
export { type AnyEvent, type EventByType, parseEvent, parseEventIfAny } from './parse.ts'
export {
  type ClientKey,
  type ClientKeySet,
  entryNames,
  type JournalProgress,
  journalProgressSchema,
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
  partOfEntry,
  publishedHeadSchema,
  publishedParts,
  publishedSchemas,
  type QuarantinedSessions,
} from './published.ts'
export {
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
  importedSubject,
  partitionCount,
  partitionOf,
  tenantPattern,
  trafficSubject,
} from './subjects.ts'
export {
  type Attempt,
  type EventOmitted,
  type ExchangeAbandoned,
  type IngressStarted,
  type JournalDamaged,
  type RecordingMode,
  type RequestBlocked,
  type RequestReceived,
  type RequestRejected,
  type ResponseAborted,
  type ResponseBlocked,
  type ResponseCompleted,
  type ResponseFailed,
  recordingModeSchema,
  recordingModes,
  type TrafficEvent,
  trafficSchemas,
  type Usage,
} from './traffic.ts'
export { contentTypes, type EventType, eventTypes, openingTypes, outcomeTypes } from './types.ts'
