import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'
import type { DroppedRange } from './explain-gaps.ts'

/** What drops have taken of journals, by their records; not yet what is only planned. */
export async function droppedRanges(
  database: Kysely<AuditTables>,
  journals: readonly string[],
): Promise<(DroppedRange & { journal: string })[]> {
  const { rows } = await sql<DroppedRange & { journal: string }>`
    select j.journal, j.first, j.last, j.events from audit.drops d,
      jsonb_to_recordset(split_part(d.record, E'\\n', 3)::jsonb -> 'journals')
        as j (journal text, first bigint, last bigint, events bigint)
    where d.state <> 'sealed' and d.record is not null and j.journal = any(${journals}::text[])`.execute(
    database,
  )
  return rows
}

/** The same of one journal, for who asks every second: records are read when there is another one. */
export function createDroppedRanges(
  database: Kysely<AuditTables>,
): (journal: string) => Promise<DroppedRange[]> {
  const known = new Map<string, DroppedRange[]>()
  let drops = 0
  return async (journal) => {
    const { rows } = await sql<{ drops: number }>`
      select count(*) as drops from audit.drops where state <> 'sealed'`.execute(database)
    if (rows[0]!.drops !== drops) known.clear()
    drops = rows[0]!.drops
    const ranges = known.get(journal) ?? (await droppedRanges(database, [journal]))
    known.set(journal, ranges)
    return ranges
  }
}
