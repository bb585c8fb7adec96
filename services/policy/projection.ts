import type { Projection } from '@airs-cp/bus'
import { eventTypes, streams } from '@airs-cp/events'
import { forgetEnded, storeActivation, storeRejection } from './activations.ts'
import { storeCancelled, storeCompleted, storeFailed, storeRequested } from './backtests.ts'
import { chargeKey, revokeKey, storeKey } from './keys.ts'
import { storeMode } from './modes.ts'
import { storeApplied, storeRemoved } from './policies.ts'
import { storeQuarantined, storeReleased, storeRule } from './quarantines.ts'
import type { PolicyTables } from './tables.ts'
import { noteViolation } from './violations.ts'

/** What is changed by people, and what this service has found out itself. */
export const policyProjection: Projection<PolicyTables> = {
  name: 'policy-control',
  stream: streams.control,
  schema: 'policy',
  on: {
    [eventTypes.policyApplied]: storeApplied,
    [eventTypes.policyRemoved]: storeRemoved,
    [eventTypes.modeChanged]: storeMode,
    [eventTypes.backtestRequested]: storeRequested,
    [eventTypes.backtestCompleted]: storeCompleted,
    [eventTypes.backtestFailed]: storeFailed,
    [eventTypes.backtestCancelled]: storeCancelled,
    [eventTypes.quarantineRuleChanged]: storeRule,
    [eventTypes.sessionQuarantined]: storeQuarantined,
    [eventTypes.sessionReleased]: storeReleased,
    [eventTypes.keyCreated]: storeKey,
    [eventTypes.keyRevoked]: revokeKey,
  },
}

/** What the policy service makes of traffic: what keys have spent, which sessions break policies,
 * and which ingress has which policy set. */
export const trafficProjection: Projection<PolicyTables> = {
  name: 'policy-traffic',
  stream: streams.traffic,
  schema: 'policy',
  on: {
    [eventTypes.responseCompleted]: chargeKey,
    [eventTypes.responseBlocked]: async (database, event) => {
      await chargeKey(database, event)
      await noteViolation(database, event)
    },
    [eventTypes.requestBlocked]: noteViolation,
    [eventTypes.responseFailed]: chargeKey,
    [eventTypes.responseAborted]: chargeKey,
    [eventTypes.policySetActivated]: storeActivation,
    [eventTypes.policySetRejected]: storeRejection,
    [eventTypes.ingressStarted]: forgetEnded,
  },
}
