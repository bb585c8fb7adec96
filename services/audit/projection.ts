import type { Projection } from '@airs-cp/bus'
import { streams } from '@airs-cp/events'
import { storeImportedEvents } from './import/store-imported-events.ts'
import { storeEvents } from './store-events.ts'
import type { AuditTables } from './tables.ts'

/** The event store takes everything of every stream. */
export const trafficAudit: Projection<AuditTables> = {
  name: 'audit-traffic',
  stream: streams.traffic,
  schema: 'audit',
  gatherMs: 100,
  applyBatch: storeEvents,
}

export const controlAudit: Projection<AuditTables> = {
  name: 'audit-control',
  stream: streams.control,
  schema: 'audit',
  applyBatch: storeEvents,
}

export const importedAudit: Projection<AuditTables> = {
  name: 'audit-imported',
  stream: streams.imported,
  schema: 'audit',
  applyBatch: storeImportedEvents,
}
