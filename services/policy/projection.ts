import type { Handler, Projection } from '@airs-cp/bus'
import { controlSchemas, type EventType, eventTypes, streams } from '@airs-cp/events'
import { noteViolation } from './alerts/violations.ts'
import { storeCancelled, storeCompleted, storeFailed, storeRequested } from './backtests/backtests.ts'
import { storeAnomaly } from './conduct/anomalies.ts'
import { findAskers, noteAgent, noteCalls } from './conduct/follow-agents.ts'
import { changeKey, chargeKey, revokeKey, rotateKey, storeKey } from './keys/keys.ts'
import { approveTool, noteDrifted, notePinned, noteRestored, noteServers, refuseTool } from './mcp/tools.ts'
import { storeMode } from './mode/modes.ts'
import { forgetEnded, storeActivation, storeRejection } from './policies/activations.ts'
import { storeApplied, storeRemoved } from './policies/policies.ts'
import {
  storeCallerQuarantined,
  storeCallerReleased,
  storeQuarantined,
  storeReleased,
  storeRule,
} from './quarantine/quarantines.ts'
import type { PolicyTables } from './tables.ts'

type Handlers = { [Type in EventType]?: Handler<PolicyTables, Type> }
type HandledProjection = Extract<Projection<PolicyTables>, { on: Handlers }>

/** What is changed by people, and what this service has found out itself. */
const control: HandledProjection = {
  name: 'policy-control',
  stream: streams.control,
  schema: 'policy',
  rereads: true,
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
    [eventTypes.callerQuarantined]: storeCallerQuarantined,
    [eventTypes.callerReleased]: storeCallerReleased,
    [eventTypes.mcpToolApproved]: approveTool,
    [eventTypes.mcpToolRefused]: refuseTool,
    [eventTypes.anomalyFound]: storeAnomaly,
    [eventTypes.keyCreated]: storeKey,
    [eventTypes.keyChanged]: changeKey,
    [eventTypes.keyRotated]: rotateKey,
    [eventTypes.keyRevoked]: revokeKey,
  },
}

/** What the policy service makes of traffic: what keys have spent, which sessions break policies, what agents do,
 * and which ingress has which policy set. */
const traffic: HandledProjection = {
  name: 'policy-traffic',
  stream: streams.traffic,
  schema: 'policy',
  rereads: true,
  gatherMs: 100,
  prepare: findAskers,
  on: {
    [eventTypes.requestReceived]: noteAgent,
    [eventTypes.responseCompleted]: async (database, event) => {
      await chargeKey(database, event)
      await noteCalls(database, event)
    },
    [eventTypes.responseBlocked]: async (database, event) => {
      await chargeKey(database, event)
      await noteViolation(database, event)
    },
    // `findAskers` takes all that is to be taken of it.
    [eventTypes.exchangeAbandoned]: async () => {},
    [eventTypes.requestBlocked]: noteViolation,
    [eventTypes.responseFailed]: chargeKey,
    [eventTypes.responseAborted]: chargeKey,
    [eventTypes.policySetActivated]: storeActivation,
    [eventTypes.policySetRejected]: storeRejection,
    [eventTypes.ingressStarted]: async (database, event) => {
      await forgetEnded(database, event)
      await noteServers(database, event)
    },
    [eventTypes.mcpToolsPinned]: notePinned,
    [eventTypes.mcpToolDrifted]: noteDrifted,
    [eventTypes.mcpToolRestored]: noteRestored,
  },
}

/**
 * The projections of this service.
 * @param alerts queues an alert for each event of its types, in the transaction that applies the event.
 */
export function createProjections(alerts?: {
  types: ReadonlySet<EventType>
  queue: Handler<PolicyTables, EventType>
}): { control: Projection<PolicyTables>; traffic: Projection<PolicyTables> } {
  if (!alerts) return { control, traffic }
  const isControl = (type: EventType) => type in controlSchemas
  const alerting = (projection: HandledProjection, types: EventType[]): Projection<PolicyTables> => {
    const added = types.map((type) => {
      const handle = projection.on[type] as Handler<PolicyTables, EventType> | undefined
      const both: Handler<PolicyTables, EventType> = async (database, event) => {
        await handle?.(database, event)
        await alerts.queue(database, event)
      }
      return [type, both] as const
    })
    return { ...projection, on: { ...projection.on, ...Object.fromEntries(added) } }
  }
  const types = [...alerts.types]
  return {
    control: alerting(control, types.filter(isControl)),
    traffic: alerting(
      traffic,
      types.filter((type) => !isControl(type)),
    ),
  }
}
