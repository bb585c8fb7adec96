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

type Window = Omit<Range, 'journal'>

/** The parts of these windows of a journal that are missing, at most `limit`, lost ones left out. */
async function missingWithin(
  database: Kysely<AuditTables>,
  journal: string,
  windows: readonly Window[],
  limit: number,
): Promise<Range[]> {
  const { rows } = await sql<Window>`
    with windows as (
      select low, high
      from unnest(${windows.map(({ from }) => from)}::bigint[], ${windows.map(({ to }) => to)}::bigint[]) as w (low, high)),
    present as (
      select low, sequence as first, sequence as last from windows join audit.events
        on journal = ${journal} and sequence between low and high
      union all select low, from_sequence, to_sequence from windows join audit.gaps
        on journal = ${journal} and lost and from_sequence <= high and to_sequence >= low
      union all select low, low - 1, low - 1 from windows
      union all select low, high + 1, high + 1 from windows
    ),
    steps as (
      select max(last) over (partition by low order by first, last rows between unbounded preceding and current row) + 1 as from,
        lead(first) over (partition by low order by first, last) - 1 as to
      from present
    )
    select "from", "to" from steps where "to" >= "from" order by "from" limit ${limit}`.execute(database)
  return rows.map(({ from, to }) => ({ journal, from: Number(from), to: Number(to) }))
}

const mostRanges = 1_000
const sequencesAtOnce = 100_000

/**
 * Finds what is missing of journals between what is committed and what was seen, for who asks again and again: of what it has looked at, it
 * reads again only what was missing, and of the rest some at a time. What it does not know to be missing is found another time.
 */
export function createMissingRanges(
  database: Kysely<AuditTables>,
): () => Promise<ReadonlyMap<string, Range[]>> {
  let looked = new Map<string, { upTo: number; missing: Range[] }>()
  return async () => {
    const next: typeof looked = new Map()
    for (const { journal, committed, seen } of await journalsWithGaps(database)) {
      const before = looked.get(journal)
      const known = before && before.upTo <= seen ? before : { upTo: 0, missing: [] }
      const after = Math.max(known.upTo, committed)
      const until = Math.min(seen, after + sequencesAtOnce)
      const windows = known.missing
        .filter(({ to }) => to > committed)
        .map(({ from, to }) => ({ from: Math.max(from, committed + 1), to }))
      if (until > after) windows.push({ from: after + 1, to: until })
      const found = await missingWithin(database, journal, windows, mostRanges)
      const upTo = found.length < mostRanges ? until : found.at(-1)!.to
      next.set(journal, { upTo, missing: joined(found) })
    }
    looked = next
    return new Map([...next].map(([journal, { missing }]) => [journal, missing]))
  }
}

/** Ranges in their order; those that follow each other are one. */
function joined(ranges: Range[]): Range[] {
  const result: Range[] = []
  for (const range of ranges) {
    const last = result.at(-1)
    if (last?.to === range.from - 1) last.to = range.to
    else result.push({ ...range })
  }
  return result
}

/** Journals in which something is missing now. */
async function journalsWithGaps(
  database: Kysely<AuditTables>,
): Promise<{ journal: string; committed: number; seen: number }[]> {
  return database
    .selectFrom('audit.journals')
    .select(['journal', 'committed', 'seen'])
    .whereRef('committed', '<', 'seen')
    .execute()
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
