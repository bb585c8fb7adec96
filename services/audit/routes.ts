import type { StreamFill } from '@airs-cp/bus'
import { contract } from '@airs-cp/control-api'
import { type Api, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { openExchanges } from './ended-ingresses.ts'
import { countEvents, findEvent, findEvents } from './find-events.ts'
import { countGaps } from './gaps.ts'
import { listJournals } from './journals.ts'
import type { AuditTables } from './tables.ts'

/** As far as Postgres and ISO 8601 agree. */
const endOfTime = new Date('9999-12-31T00:00:00Z')

export function addAuditRoutes(
  api: Api,
  { database, streamFills }: { database: Kysely<AuditTables>; streamFills: () => StreamFill[] | undefined },
): void {
  api.implement(contract.audit.events, {
    'GET /v1/events': async ({ query, response }) => {
      const found = await findEvents(database, query)
      const next = found.length === query.limit ? found.at(-1)!.position : null
      response
        .type('application/json')
        .send(`{"events":[${found.map(({ event }) => event).join(',')}],"next":${next}}`)
    },
    'GET /v1/events/:id': async ({ params, response }) => {
      const event = await findEvent(database, params.id)
      if (event === undefined) throw notFound(`Event ${params.id}`)
      response.type('application/cloudevents+json').send(event)
    },
  })
  api.implement(contract.audit.audit, {
    'GET /v1/audit': async ({ query }) => ({
      ...(await countEvents(database)),
      gaps: await countGaps(database),
      ...(await listJournals(database, query.journals)),
      streams: (streamFills() ?? []).map(({ maxBytes = null, ...fill }) => ({ ...fill, maxBytes })),
    }),
    'GET /v1/audit/open-exchanges': async () => ({
      exchanges: (await openExchanges(database, { before: endOfTime })).map(
        ({ exchange, session, tenant, time }) => ({ exchange, session, tenant, time }),
      ),
    }),
  })
}
