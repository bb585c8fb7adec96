import type { Snapshot } from '@airs-cp/postgres'
import { sql } from 'kysely'
import type { ExportTables } from '../tables.ts'
import { eventCondition, hasFilters, type Pieces, type Selection } from './selection.ts'

/**
 * The pieces of content that events of a selection refer to, and those that these are made of, as far as they are not of the selection
 * themselves: what was said before its range, or by other exchanges of the session. Undefined where there are none.
 */
export async function findPieces(
  { database }: Snapshot<ExportTables>,
  selection: Omit<Selection, 'pieces'>,
): Promise<Pieces | undefined> {
  const { range, filters, upTo } = selection
  // A piece is recorded before whatever refers to it; what is behind a leaf goes on from a file that has it.
  if ((!range.from && !hasFilters(filters)) || filters.fromLeaf !== undefined) return undefined
  const from = range.from?.toISOString() ?? 'infinity'
  const { rows } = await sql<{ id: string; time: string }>`
    with recursive selected as materialized (
      select id, exchange from audit.recorded_events where ${eventCondition(selection)}),
    used as materialized (
      select u.sha256, u.holds from selected s
        join audit.recorded_uses u on u.exchange = s.exchange and u.event_id = s.id),
    needed as (
      select sha256 from used where not holds
      union
      select u.sha256 from needed n
        join audit.recorded_uses h on h.sha256 = n.sha256 and h.holds
        join audit.recorded_uses u on u.exchange = h.exchange and u.event_id = h.event_id and u.within = h.sha256),
    missing as (select sha256 from needed except select sha256 from used where holds)
    select distinct on (m.sha256) e.id::text as id, e.time::text as time
    from missing m join audit.recorded_uses h on h.sha256 = m.sha256 and h.holds
      join audit.recorded_events e on e.id = h.event_id and e.position <= ${upTo}
    order by m.sha256, e.time < ${from}::timestamptz desc, e.time desc`.execute(database)
  if (rows.length === 0) return undefined
  // Filters leave out pieces within the range, too: what is of the selection may have come before all of them.
  const starts = [...rows.map(({ time }) => time), ...(range.from ? [from] : [])]
  const [first] = starts.toSorted((a, b) => Date.parse(a) - Date.parse(b))
  return { ids: rows.map(({ id }) => id), from: first! }
}
