import type { Projection } from '@airs-cp/bus'
import { eventTypes, streams } from '@airs-cp/events'
import { storeApplied, storeMode, storeRemoved } from './policies.ts'
import type { PolicyTables } from './tables.ts'

export const policyProjection: Projection<PolicyTables> = {
  name: 'policy',
  stream: streams.control,
  schema: 'policy',
  on: {
    [eventTypes.policyApplied]: storeApplied,
    [eventTypes.policyRemoved]: storeRemoved,
    [eventTypes.modeChanged]: storeMode,
  },
}
