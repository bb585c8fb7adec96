import type { Projection } from '@airs-cp/bus'
import { streams } from '@airs-cp/events'
import { storeEvents } from './store-events.ts'
import type { AuditTables } from './tables.ts'

/** The event store takes everything of both streams. */
export const trafficAudit: Projection<AuditTables> = {
  name: 'audit-traffic',
  stream: streams.traffic,
  schema: 'audit',
  applyBatch: storeEvents,
}

export const controlAudit: Projection<AuditTables> = {
  name: 'audit-control',
  stream: streams.control,
  schema: 'audit',
  applyBatch: storeEvents,
}
