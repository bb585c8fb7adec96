import { eventTypes } from '@airs-cp/events'
import { type Api, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { openExchanges } from './ended-ingresses.ts'
import { countEvents, findEvent, findEvents } from './find-events.ts'
import { countGaps } from './gaps.ts'
import { journalProgress } from './journals.ts'
import type { AuditTables } from './tables.ts'

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text))
/** As far as Postgres and ISO 8601 agree. */
const endOfTime = new Date('9999-12-31T00:00:00Z')
const searchSchema = z.object({
  from: instant.optional(),
  until: instant.optional(),
  type: z.enum(Object.values(eventTypes)).optional(),
  session: z.string().optional(),
  exchange: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  order: z.enum(['ascending', 'descending']).default('descending'),
  after: z.coerce.number().int().optional(),
})

export function addAuditRoutes({ route }: Api, database: Kysely<AuditTables>): void {
  route(
    'get',
    '/v1/events',
    {
      role: 'viewer',
      summary: 'Search recorded events; `next` continues as `after`',
      query: searchSchema,
    },
    async ({ query, response }) => {
      const found = await findEvents(database, query)
      const next = found.length === query.limit ? found.at(-1)!.position : null
      response
        .type('application/json')
        .send(`{"events":[${found.map(({ event }) => event).join(',')}],"next":${next}}`)
    },
  )
  route(
    'get',
    '/v1/events/:id',
    { role: 'viewer', summary: 'One event, exactly as recorded', params: z.object({ id: z.uuid() }) },
    async ({ params, response }) => {
      const event = await findEvent(database, params.id)
      if (event === undefined) throw notFound(`Event ${params.id}`)
      response.type('application/cloudevents+json').send(event)
    },
  )
  route(
    'get',
    '/v1/audit/open-exchanges',
    {
      role: 'viewer',
      summary: 'Exchanges whose outcome has not arrived, oldest first; a thousand at most',
    },
    async () => ({
      exchanges: (await openExchanges(database, { before: endOfTime })).map(
        ({ exchange, session, tenant, time }) => ({ exchange, session, tenant, time }),
      ),
    }),
  )
  route(
    'get',
    '/v1/audit',
    { role: 'viewer', summary: 'What is recorded, and how complete it is' },
    async () => ({
      ...(await countEvents(database)),
      gaps: await countGaps(database),
      journals: [...(await journalProgress(database))].map(([journal, progress]) => ({
        journal,
        ...progress,
      })),
    }),
  )
}
