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
export {
  type ClientKey,
  type ClientKeySet,
  type ControlEvent,
  controlSchemas,
  type ExportCancelled,
  type ExportCompleted,
  type ExportDeleted,
  type ExportFailed,
  type ExportRequested,
  exportFormats,
  exportKinds,
  type ImportBegun,
  type JournalGap,
  type JournalProgress,
  journalProgressSchema,
  type KeyCreated,
  type KeyLimits,
  type KeyRevoked,
  keyLimitsSchema,
  type ModeChanged,
  type PolicyApplied,
  type PolicyRemoved,
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
  modeSchema,
  modes,
  type Verdict,
} from './decision.ts'
export { sha256Hex } from './digest.ts'
export { type Envelope, type EventOf, envelopeSchema } from './envelope.ts'
export { uuidFrom, uuidv7 } from './id.ts'
export { type AnyEvent, type EventByType, parseEvent } from './parse.ts'
export {
  buckets,
  controlStream,
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
export { type EventType, eventTypes, openingTypes, outcomeTypes } from './types.ts'
