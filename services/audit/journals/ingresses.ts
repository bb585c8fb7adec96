import { type EventByType, eventTypes, parseEventIfAny } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'

/** Ingresses that started before this many others are not looked at. */
const mostStarts = 200

/** Ingress processes that have started, newest first, without those that another has replaced since or that were imported. */
export async function listIngresses(database: Kysely<AuditTables>) {
  const { rows } = await sql<{ event: string }>`
    select event from audit.events e
    where type = ${sql.lit(eventTypes.ingressStarted)}
      and type not in ('airs.request-received.v1', 'airs.response-completed.v1')
      and not exists (select from audit.imported_events i where i.event_id = e.id)
    order by position desc limit ${mostStarts}`.execute(database)
  const starts = rows.flatMap(({ event }) => {
    const parsed = parseEventIfAny(event)
    return parsed ? [parsed as EventByType<typeof eventTypes.ingressStarted>] : []
  })
  const replaced = new Set(starts.flatMap(({ data }) => data.previous ?? []))
  return starts
    .filter(({ source }) => !replaced.has(source))
    .map(({ source, time, data }) => ({
      source,
      startedAt: time,
      recording: data.recording,
      upstreams: data.upstreams ?? [],
      settings: data.settings ?? [],
    }))
}
