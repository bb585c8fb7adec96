export { type Bus, connectBus, serverOptions } from './connect.ts'
export { appendControlEvent, publishEvent } from './control.ts'
export { createDeadLetters, type DeadLetter, type DeadLetters } from './dead-letters.ts'
export { eraseDeadLetters } from './erase-dead-letters.ts'
export { type ErasedMessages, eraseMessages } from './erase-messages.ts'
export { expireDeadLetters } from './expire-dead-letters.ts'
export { type BucketEntry, type BucketListener, followBucket } from './follow-bucket.ts'
export { followSubject } from './follow-subject.ts'
export {
  deleteKey,
  findEntry,
  findKey,
  forgetDeletedKeys,
  putEntry,
  putKey,
  putText,
  replaceEntry,
  type StoredEntry,
} from './key-value.ts'
export type { Delivery, Handler, Projection } from './projection.ts'
export { observeProjections, projectionChecks } from './projection-health.ts'
export { addFloors, createProjectionTables, type ProjectionTables } from './projection-tables.ts'
export {
  createPublisher,
  type PublishAck,
  PublishError,
  type Publisher,
  type PublisherOptions,
  type PublishFailure,
} from './publisher.ts'
export { type ProjectionStats, type RunningProjection, runProjection } from './run-projection.ts'
export {
  ensureTopology,
  lastSequence,
  roomStream,
  type StreamFill,
  setUpTopology,
  streamFills,
  type TopologySettings,
} from './topology.ts'
export { traceSend } from './trace-events.ts'
