import type { StreamFill } from '@airs-cp/bus'
import { admits, contract } from '@airs-cp/control-api'
import { contentTypes } from '@airs-cp/events'
import { withoutContent } from '@airs-cp/evidence'
import { type Api, authorize, type Caller, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { countEvents, type FoundEvent, findEvent, findEvents } from './find-events.ts'
import { openExchanges } from './journals/ended-ingresses.ts'
import { countGaps } from './journals/gaps.ts'
import { listJournals } from './journals/journals.ts'
import type { NoteRead } from './note-reads.ts'
import type { AuditTables } from './tables.ts'

/** As far as Postgres and ISO 8601 agree. */
const endOfTime = new Date('9999-12-31T00:00:00Z')

/** For whoever may not read content; events that have none are shown as they are. */
function textWithoutContent({ type, event }: { type: string; event: string }): string {
  return hasContent(type) ? withoutContent(JSON.parse(event)) : event
}

function hasContent(type: string): boolean {
  return (contentTypes as readonly string[]).includes(type)
}

export function addAuditRoutes(
  api: Api,
  {
    database,
    noteRead,
    streamFills,
  }: {
    database: Kysely<AuditTables>
    noteRead: NoteRead
    streamFills: () => StreamFill[] | undefined
  },
): void {
  /** The texts that a caller gets: whole for a reader who has not done without, and then it is recorded. */
  async function show(
    caller: Caller,
    found: FoundEvent[],
    content: 'true' | 'false' | undefined,
  ): Promise<string[]> {
    const mayRead = admits(caller.role, 'reader')
    if (content === 'true') authorize(caller, 'reader')
    if (content === 'false' || !mayRead) return found.map(textWithoutContent)
    const ids = found.filter(({ type }) => hasContent(type)).map(({ id }) => id)
    await noteRead(caller, { what: 'events', ids })
    return found.map(({ event }) => event)
  }

  api.implement(contract.audit.events, {
    'GET /v1/events': async ({ query, response, caller }) => {
      const found = await findEvents(database, query)
      const next = found.length === query.limit ? found.at(-1)!.position : null
      const shown = await show(caller, found, query.content)
      response.type('application/json').send(`{"events":[${shown.join(',')}],"next":${next}}`)
    },
    'GET /v1/events/:id': async ({ params, query, response, caller }) => {
      const event = await findEvent(database, params.id)
      if (event === undefined) throw notFound(`Event ${params.id}`)
      const { type } = JSON.parse(event) as { type: string }
      const [shown] = await show(caller, [{ id: params.id, type, event, position: 0 }], query.content)
      response.type('application/cloudevents+json').send(shown)
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
