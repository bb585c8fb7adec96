import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'

/** Sequences of a journal, both ends included. */
export type Range = { journal: string; from: number; to: number }

export async function lostRanges(
  database: Kysely<AuditTables>,
  journal: string,
): Promise<{ from: number; to: number }[]> {
  const rows = await database
    .selectFrom('audit.gaps')
    .select(['from_sequence as from', 'to_sequence as to'])
    .where('journal', '=', journal)
    .where('lost', '=', true)
    .execute()
  return rows
}

/** The ranges that are missing between what is committed and what was seen, at most `limit`, lost ones left out. */
export async function missingRanges(
  database: Kysely<AuditTables>,
  journal: string,
  limit = 1_000,
): Promise<Range[]> {
  const { rows } = await sql<{ from: number; to: number }>`
    with bounds as (select committed, seen from audit.journals where journal = ${journal}),
    present as (
      select sequence as first, sequence as last from audit.events, bounds
        where journal = ${journal} and sequence > committed
      union all select from_sequence, to_sequence from audit.gaps where journal = ${journal} and lost
      union all select committed, committed from bounds
      union all select seen + 1, seen + 1 from bounds
    ),
    steps as (
      select max(last) over (order by first, last rows between unbounded preceding and current row) + 1 as from,
        lead(first) over (order by first, last) - 1 as to
      from present
    )
    select "from", "to" from steps where "to" >= "from" order by "from" limit ${limit}`.execute(database)
  return rows.map(({ from, to }) => ({ journal, from: Number(from), to: Number(to) }))
}

/** Journals in which something is missing now. */
export async function journalsWithGaps(database: Kysely<AuditTables>): Promise<string[]> {
  const rows = await database
    .selectFrom('audit.journals')
    .select('journal')
    .whereRef('committed', '<', 'seen')
    .execute()
  return rows.map((row) => row.journal)
}

/** The gaps of a journal that are on record and have not closed. */
export async function openGaps(database: Kysely<AuditTables>, journal: string): Promise<Range[]> {
  return database
    .selectFrom('audit.gaps')
    .select(['journal', 'from_sequence as from', 'to_sequence as to'])
    .where('journal', '=', journal)
    .where('lost', '=', false)
    .where('closed_at', 'is', null)
    .execute()
}

/** Stores a gap that is found. One that begins at the same place is open as far as the longer one reaches. */
export async function storeGap(database: Kysely<AuditTables>, { journal, from, to }: Range): Promise<void> {
  await database
    .insertInto('audit.gaps')
    .values({ journal, from_sequence: from, to_sequence: to, lost: false, closed_at: null })
    .onConflict((conflict) =>
      conflict
        .columns(['journal', 'from_sequence'])
        .doUpdateSet({ to_sequence: sql`greatest(audit.gaps.to_sequence, ${to})`, closed_at: null })
        .where('audit.gaps.lost', '=', false),
    )
    .execute()
}

/**
 * Gaps in which nothing is missing any more: the journal has advanced over them, or all of their events are there although an
 * earlier gap still holds it up.
 */
export async function gapsToClose(database: Kysely<AuditTables>): Promise<Range[]> {
  const { rows } = await sql<Range>`
    select g.journal, g.from_sequence as "from", g.to_sequence as "to"
    from audit.gaps g join audit.journals j using (journal)
    where g.closed_at is null and not g.lost and (
      j.committed >= g.to_sequence
      or g.to_sequence - g.from_sequence + 1 = (
        select count(*) from audit.events e
        where e.journal = g.journal and e.sequence between g.from_sequence and g.to_sequence))`.execute(
    database,
  )
  return rows
}

export async function closeGap(database: Kysely<AuditTables>, { journal, from, to }: Range): Promise<void> {
  await database
    .updateTable('audit.gaps')
    .set({ closed_at: sql`now()` })
    .where('journal', '=', journal)
    .where('from_sequence', '=', from)
    .where('to_sequence', '=', to)
    .execute()
}

/** An event that was taken for lost has come after all, such as a dead letter that was replayed. */
export async function noteFound(
  database: Kysely<AuditTables>,
  journal: string,
  sequences: number[],
): Promise<void> {
  await sql`update audit.gaps set lost = false, closed_at = now()
    where journal = ${journal} and lost and from_sequence = to_sequence and from_sequence = any(${sequences}::bigint[])`.execute(
    database,
  )
}

export async function countGaps(
  database: Kysely<AuditTables>,
): Promise<{ open: number; lostEvents: number }> {
  const { rows } = await sql<{ open: number; lost: number }>`
    select count(*) filter (where not lost and closed_at is null) as open,
      coalesce(sum(to_sequence - from_sequence + 1) filter (where lost), 0)::bigint as lost
    from audit.gaps`.execute(database)
  return { open: rows[0]!.open, lostEvents: rows[0]!.lost }
}
