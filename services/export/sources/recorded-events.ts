import type { Place } from '@airs-cp/manifest'
import type { CopiedRow, Snapshot } from '@airs-cp/postgres'
import { type RawBuilder, sql } from 'kysely'
import type { ExportTables } from '../tables.ts'

/** An event of the audit log. Texts that most exports do not look at are left as their bytes, in UTF-8. */
export type RecordedEvent = Place & {
  type: string
  tenant: Buffer
  session: Buffer | null
  exchange: Buffer | null
  journal: string | null
  sequence: number | null
  event: Buffer
}

/** The next events behind a place, in the order of time and id, some at a time. */
export async function* recordedEvents(
  snapshot: Snapshot<ExportTables>,
  condition: RawBuilder<unknown>,
  after: Place | null,
  limit: number,
): AsyncIterable<RecordedEvent[]> {
  // Postgres begins its search by the time alone.
  const beyond = after
    ? sql`and time >= ${after.time}::timestamptz and (time, id) > (${after.time}::timestamptz, ${after.id}::uuid)`
    : sql``
  const query = sql`
    select id::text, time::text, type, tenant, session, exchange, journal, sequence, event
    from audit.recorded_events
    where ${condition} ${beyond}
    order by recorded_events.time, recorded_events.id limit ${sql.lit(limit)}`
  for await (const rows of snapshot.copy(query)) yield rows.map(toEvent)
}

function toEvent(fields: CopiedRow): RecordedEvent {
  const [id, time, type, tenant, session, exchange, journal, sequence, event] = fields
  return {
    id: id!.toString('latin1'),
    time: time!.toString('latin1'),
    type: type!.toString('utf8'),
    tenant: tenant!,
    session: session!,
    exchange: exchange!,
    journal: journal ? journal.toString('utf8') : null,
    sequence: sequence ? Number(sequence.readBigInt64BE()) : null,
    event: event!,
  }
}
