import { appendControlEvent } from '@airs-cp/bus'
import { contract } from '@airs-cp/control-api'
import { eventTypes } from '@airs-cp/events'
import { type Api, notFound } from '@airs-cp/runtime'
import { activate, type Changing } from '../policies/activate.ts'
import { findRule, listQuarantinedCallers, listQuarantines } from './quarantines.ts'

const source = '/airs/policy'

/** Sessions and callers that are refused, and the rule by which they come to be. */
export function addQuarantineRoutes(
  api: Api,
  { bus, database, projection, publisher, activations }: Changing,
): void {
  const activated = () => activate({ database, publisher, activations }, 'quarantine')
  const byHand = async ({ forSeconds, reason }: { forSeconds?: number; reason: string }, actor: string) => {
    const seconds = forSeconds ?? (await findRule(database)).forSeconds
    const until = new Date(Date.now() + seconds * 1_000).toISOString()
    return { until, cause: 'manual' as const, reason, actor }
  }
  const applied = async (appending: Promise<{ id: string }>) => projection.applied((await appending).id)
  api.implement(contract.policy.quarantine, {
    'GET /v1/quarantine': async ({ query }) => {
      const asked = { ...query, all: query.all === 'true' }
      return {
        rule: await findRule(database),
        sessions: await listQuarantines(database, asked),
        callers: await listQuarantinedCallers(database, asked),
      }
    },
    'PUT /v1/quarantine/rule': async ({ body, caller }) => {
      const data = { ...body, actor: caller.name }
      await applied(appendControlEvent(bus, source, eventTypes.quarantineRuleChanged, data))
      return findRule(database)
    },
    'PUT /v1/quarantine/sessions/:session': async ({ params: { session }, body, caller }) => {
      const data = {
        session,
        ...(body.caller !== undefined && { caller: body.caller }),
        ...(await byHand(body, caller.name)),
      }
      const { tenant } = body
      await applied(appendControlEvent(bus, source, eventTypes.sessionQuarantined, data, { tenant }))
      const ingresses = await activated()
      const found = await listQuarantines(database, { all: true, limit: 100, session })
      return {
        ...found.find((one) => one.tenant === tenant && one.caller === (body.caller ?? null))!,
        ingresses,
      }
    },
    'DELETE /v1/quarantine/sessions/:session': async ({ params: { session }, query, caller }) => {
      const data = (whose: string | null) => ({
        session,
        ...(whose !== null && { caller: whose }),
        reason: query.reason,
        actor: caller.name,
      })
      const held = (await listQuarantines(database, { all: false, limit: 100, session })).filter(
        (one) =>
          (query.tenant === undefined || one.tenant === query.tenant) &&
          (query.caller === undefined || one.caller === query.caller),
      )
      if (held.length === 0) throw notFound(`A quarantine of session ${session}`)
      for (const { tenant, caller: whose } of held)
        await applied(appendControlEvent(bus, source, eventTypes.sessionReleased, data(whose), { tenant }))
      const released = held.map((one) => ({ tenant: one.tenant, session, caller: one.caller }))
      return { released, ingresses: await activated() }
    },
    'PUT /v1/quarantine/callers/:caller': async ({ params: { caller: whose }, body, caller }) => {
      const data = { caller: whose, ...(await byHand(body, caller.name)) }
      await applied(appendControlEvent(bus, source, eventTypes.callerQuarantined, data))
      const ingresses = await activated()
      const [found] = await listQuarantinedCallers(database, { all: true, limit: 1, caller: whose })
      return { ...found!, ingresses }
    },
    'DELETE /v1/quarantine/callers/:caller': async ({ params: { caller: whose }, query, caller }) => {
      const [held] = await listQuarantinedCallers(database, { all: false, limit: 1, caller: whose })
      if (!held) throw notFound(`A quarantine of caller ${whose}`)
      const data = { caller: whose, reason: query.reason, actor: caller.name }
      await applied(appendControlEvent(bus, source, eventTypes.callerReleased, data))
      return { caller: whose, ingresses: await activated() }
    },
  })
}
