import type { Place, RowProof } from '@airs-cp/manifest'
import type { CopiedRow, Snapshot } from '@airs-cp/postgres'
import { type RawBuilder, sql } from 'kysely'
import type { ExportTables } from '../tables.ts'
import { type ExportedLog, proofColumns, readRowProof } from '../writing/log-proof.ts'

/** An event of the audit log. Texts that most exports do not look at are left as their bytes, in UTF-8. */
export type RecordedEvent = Place & {
  type: string
  tenant: Buffer
  session: Buffer | null
  exchange: Buffer | null
  journal: string | null
  sequence: number | null
  event: Buffer
  /** Where a log is given. */
  proof?: RowProof | undefined
}

/** Columns of an event, as `toEvent` reads them. */
export const eventColumns = sql`id::text, time::text, type, tenant, session, exchange, journal, sequence, event`

/** The next events behind a place, in the order of time and id, some at a time; with a log, those that it has, with their leaves. */
export async function* recordedEvents(
  snapshot: Snapshot<ExportTables>,
  condition: RawBuilder<unknown>,
  after: Place | null,
  limit: number,
  log?: ExportedLog,
): AsyncIterable<RecordedEvent[]> {
  // Postgres begins its search by the time alone.
  const beyond = after
    ? sql`and time >= ${after.time}::timestamptz and (time, id) > (${after.time}::timestamptz, ${after.id}::uuid)`
    : sql``
  const columns = eventColumns
  const page = (what: typeof columns) => sql`
    select ${what} from audit.recorded_events
    where ${condition} ${beyond}
    order by recorded_events.time, recorded_events.id limit ${sql.lit(limit)}`
  if (!log) {
    for await (const rows of snapshot.copy(page(columns))) yield rows.map(toEvent)
    return
  }
  const query = sql`
    select ${columns}, ${proofColumns}
    from (${page(sql`*`)}) e left join audit.recorded_leaves l
      on l.position = e.position and l.generation = ${log.generation} and l.leaf_index < ${log.size}
    order by e.time, e.id`
  for await (const rows of snapshot.copy(query)) {
    const events = rows.map((fields) => ({ ...toEvent(fields), proof: readRowProof(fields.slice(9)) }))
    yield log.isCovered ? events.filter(({ proof }) => proof.kind !== 'unproven') : events
  }
}

export function toEvent(fields: CopiedRow): RecordedEvent {
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
