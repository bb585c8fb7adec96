import type { Place } from '@airs-cp/manifest'
import { type RawBuilder, sql } from 'kysely'
import { eventCondition, type Selection } from '../selection.ts'

/** Of the text of a page; a row that is larger is a page of its own. */
const pageBytes = 2 * 1024 * 1024
const pageRows = 2_000

/** The next events behind a place, as many as memory can hold, with what a page is made of. */
export function eventPage(
  selection: Selection,
  after: Place | null,
  condition: RawBuilder<unknown> = sql`true`,
): RawBuilder<unknown> {
  const beyond = after ? sql`and (time, id) > (${after.time}::timestamptz, ${after.id}::uuid)` : sql``
  return sql`select * from (
      select *, sum(octet_length(event)) over (order by time, id) - octet_length(event) as bytes_before
      from (
        select id, time, type, tenant, session, exchange, journal, sequence, event
        from audit.recorded_events
        where ${condition} and ${eventCondition(selection)} ${beyond}
        order by time, id limit ${sql.lit(pageRows)}
      ) next_rows
    ) measured where bytes_before < ${sql.lit(pageBytes)}`
}
