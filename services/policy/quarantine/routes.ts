import { appendControlEvent, type Bus, type RunningProjection } from '@airs-cp/bus'
import { eventTypes, quarantineRuleSchema, tenantPattern } from '@airs-cp/events'
import { type Api, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { PolicyTables } from '../tables.ts'
import { defaultRule, findRule, listQuarantines } from './quarantines.ts'

const source = '/airs/policy'
const maxSeconds = 365 * 86_400
const reason = z.string().max(1_000).default('')
const tenant = z.string().regex(tenantPattern).default('default')
const sessionSchema = z.object({ session: z.string().min(1).max(256) })
const time = z.iso.datetime()
const quarantineSchema = z.object({
  tenant: z.string(),
  session: z.string(),
  state: z.enum(['quarantined', 'expired', 'released']),
  quarantinedAt: time,
  until: time,
  cause: z.enum(['threshold', 'policy', 'manual']),
  reason: z.string(),
  policy: z.string().nullable(),
  exchange: z.string().nullable(),
  violations: z.int().nullable(),
  actor: z.string(),
  releasedAt: time.nullable(),
  releasedBy: z.string().nullable(),
  releaseReason: z.string().nullable(),
})

/** Sessions that are refused, and the rule by which they come to be. */
export function addQuarantineRoutes(
  { route }: Api,
  {
    bus,
    database,
    projection,
    publish,
  }: {
    bus: Bus
    database: Kysely<PolicyTables>
    projection: RunningProjection
    publish: () => Promise<unknown>
  },
): void {
  const applied = async (appending: Promise<{ id: string }>) => projection.applied((await appending).id)
  route(
    'get',
    '/v1/quarantine',
    {
      role: 'viewer',
      summary: 'Sessions in quarantine, newest first; with all=true those that are over too',
      query: z.object({
        all: z.enum(['true', 'false']).default('false'),
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
      }),
      answer: z.object({ rule: quarantineRuleSchema, sessions: z.array(quarantineSchema) }),
    },
    async ({ query }) => ({
      rule: await findRule(database),
      sessions: await listQuarantines(database, { ...query, all: query.all === 'true' }),
    }),
  )
  route(
    'put',
    '/v1/quarantine/rule',
    {
      role: 'operator',
      summary:
        'After how many violations within which time a session is quarantined, and for how long; 0: never',
      body: z.strictObject({
        violations: z.int().min(0).max(1_000),
        withinSeconds: z.int().min(1).max(maxSeconds).default(defaultRule.withinSeconds),
        forSeconds: z.int().min(1).max(maxSeconds).default(defaultRule.forSeconds),
        reason,
      }),
      answer: quarantineRuleSchema,
    },
    async ({ body, caller }) => {
      const data = { ...body, actor: caller.name }
      await applied(appendControlEvent(bus, source, eventTypes.quarantineRuleChanged, data))
      return findRule(database)
    },
  )
  route(
    'put',
    '/v1/quarantine/sessions/:session',
    {
      role: 'operator',
      summary: 'Quarantine a session',
      params: sessionSchema,
      body: z.strictObject({ reason, tenant, forSeconds: z.int().min(1).max(maxSeconds).optional() }),
      answer: quarantineSchema,
    },
    async ({ params: { session }, body, caller }) => {
      const seconds = body.forSeconds ?? (await findRule(database)).forSeconds
      const data = {
        session,
        until: new Date(Date.now() + seconds * 1_000).toISOString(),
        cause: 'manual' as const,
        reason: body.reason,
        actor: caller.name,
      }
      const { tenant } = body
      await applied(appendControlEvent(bus, source, eventTypes.sessionQuarantined, data, { tenant }))
      await publish()
      const found = await listQuarantines(database, { all: true, limit: 100, session })
      return found.find((one) => one.tenant === tenant)
    },
  )
  route(
    'delete',
    '/v1/quarantine/sessions/:session',
    {
      role: 'operator',
      summary: 'Release a session from quarantine',
      params: sessionSchema,
      query: z.object({ reason, tenant: tenant.optional() }),
      answer: z.object({ released: z.array(z.object({ tenant: z.string(), session: z.string() })) }),
    },
    async ({ params: { session }, query, caller }) => {
      const data = { session, reason: query.reason, actor: caller.name }
      const held = (await listQuarantines(database, { all: false, limit: 100, session })).filter(
        (one) => query.tenant === undefined || one.tenant === query.tenant,
      )
      if (held.length === 0) throw notFound(`A quarantine of session ${session}`)
      for (const { tenant } of held)
        await applied(appendControlEvent(bus, source, eventTypes.sessionReleased, data, { tenant }))
      await publish()
      return { released: held.map(({ tenant }) => ({ tenant, session })) }
    },
  )
}
