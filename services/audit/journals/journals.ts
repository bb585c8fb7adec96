import { type AnyEvent, type EventByType, eventTypes, type JournalProgress } from '@airs-cp/events'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { AuditTables } from '../tables.ts'
import { lostRanges, noteFound, type Range } from './gaps.ts'

/**
 * Moves each journal's committed sequence as far as events are there without a gap. Waits for the journal's row, so
 * that several audit processes do not overtake each other.
 */
export async function advanceJournals(
  transaction: Transaction<AuditTables>,
  events: AnyEvent[],
): Promise<void> {
  const arrived = Map.groupBy(
    events.filter((event) => event.journal !== undefined && event.sequence !== undefined),
    (event) => event.journal!,
  )
  for (const journal of [...arrived.keys()].sort())
    await advanceJournal(
      transaction,
      journal,
      arrived.get(journal)!.map((event) => event.sequence!),
    )
}

async function advanceJournal(
  transaction: Transaction<AuditTables>,
  journal: string,
  sequences: number[],
): Promise<void> {
  const ascending = sequences.sort((a, b) => a - b)
  const before = await noteSeen(transaction, journal, ascending.at(-1)!)
  const run = followRun(before.committed, ascending)
  const late = ascending.filter((sequence) => sequence <= before.committed)
  if (late.length > 0) await noteFound(transaction, journal, late)
  // Of a journal that is new here, the beginning may have been imported.
  if (run === before.committed && run > 0) return
  await setCommitted(
    transaction,
    journal,
    run < before.seen ? await followStored(transaction, journal, run) : run,
  )
}

/** Notes the ranges that are known to be destroyed, or to be dead letters, so that nobody waits for them. */
export async function noteLostRanges(
  transaction: Transaction<AuditTables>,
  events: AnyEvent[],
): Promise<void> {
  for (const event of events) {
    const range = await lostRangeOf(transaction, event)
    if (!range) continue
    const { journal, from, to } = range
    await transaction
      .insertInto('audit.gaps')
      .values({ journal, from_sequence: from, to_sequence: to, lost: true, closed_at: null })
      .onConflict((conflict) =>
        conflict.columns(['journal', 'from_sequence']).doUpdateSet({ to_sequence: to, lost: true }),
      )
      .execute()
    await passOverLost(transaction, journal, to)
  }
}

/** Undefined for other events, and for damage that its reporter cannot know of. */
async function lostRangeOf(
  transaction: Transaction<AuditTables>,
  event: AnyEvent,
): Promise<Range | undefined> {
  if (event.type === eventTypes.eventBuried) {
    const { journal, sequence } = event.data
    return { journal, from: sequence, to: sequence }
  }
  if (event.type !== eventTypes.journalDamaged) return undefined
  const { journal, from, to } = event.data
  const last = await lastWritten(transaction, event)
  if (last === undefined || from > last) return undefined
  return { journal, from, to: Math.min(to, last) }
}

/**
 * The last sequence that can have been written to a damaged journal. Its reporter is the process that writes it, or
 * one that said at its start that it found the journal, and how much was in it. Anybody else is not believed.
 */
async function lastWritten(
  transaction: Transaction<AuditTables>,
  { source, journal, sequence, data }: EventByType<typeof eventTypes.journalDamaged>,
): Promise<number | undefined> {
  if (journal === data.journal) return sequence === undefined ? undefined : sequence - 1
  const { rows } = await sql<{ event: string }>`
    select event from audit.events
    where type = ${eventTypes.ingressStarted} and journal = ${journal ?? null} order by sequence limit 10`.execute(
    transaction,
  )
  for (const { event } of rows) {
    const started = JSON.parse(event) as EventByType<typeof eventTypes.ingressStarted>
    const found = started.data.journals.find((one) => one.journal === data.journal)
    if (started.source === source && found) return found.lastSequence
  }
  return undefined
}

/** Moves a journal over a range that is now known to be lost, up to `to`. */
async function passOverLost(
  transaction: Transaction<AuditTables>,
  journal: string,
  to: number,
): Promise<void> {
  const { committed } = await noteSeen(transaction, journal, to)
  await setCommitted(transaction, journal, await followStored(transaction, journal, committed))
}

async function setCommitted(
  transaction: Transaction<AuditTables>,
  journal: string,
  committed: number,
): Promise<void> {
  await transaction.updateTable('audit.journals').set({ committed }).where('journal', '=', journal).execute()
}

/** Locks the journal's row. */
async function noteSeen(
  transaction: Transaction<AuditTables>,
  journal: string,
  seen: number,
): Promise<JournalProgress> {
  const { rows } = await sql<JournalProgress>`
    insert into audit.journals as j (journal, committed, seen) values (${journal}, 0, ${seen})
    on conflict (journal) do update set seen = greatest(j.seen, excluded.seen), updated_at = now()
    returning committed, seen`.execute(transaction)
  return rows[0]!
}

/** The end of the run `committed + 1, committed + 2, …` within ascending sequences. */
function followRun(committed: number, sequences: number[]): number {
  let end = committed
  for (const sequence of sequences) {
    if (sequence > end + 1) break
    if (sequence === end + 1) end = sequence
  }
  return end
}

/**
 * The same within what is stored: events that had arrived before the gap ahead of them closed. Ranges that are known
 * to be lost count as there.
 */
async function followStored(
  transaction: Transaction<AuditTables>,
  journal: string,
  committed: number,
): Promise<number> {
  const pageSize = 1_000
  const lost = await lostRanges(transaction, journal)
  let end = committed
  for (;;) {
    const rows = await transaction
      .selectFrom('audit.events')
      .select('sequence')
      .where('journal', '=', journal)
      .where('sequence', '>', end)
      .orderBy('sequence')
      .limit(pageSize)
      .execute()
    const run = followRun(
      end,
      rows.map((row) => row.sequence!),
    )
    const range = lost.find(({ from, to }) => from <= run + 1 && to > run)
    if (!range && run < end + pageSize) return run
    end = range ? range.to : run
  }
}

/** How far each of these journals is committed. */
export async function journalProgress(
  database: Kysely<AuditTables>,
  journals: string[],
): Promise<Map<string, JournalProgress>> {
  const rows = await database
    .selectFrom('audit.journals')
    .select(['journal', 'committed', 'seen', 'purge'])
    .where('journal', 'in', journals)
    .execute()
  return new Map(
    rows.map(({ journal, committed, seen, purge }) => [
      journal,
      { committed, seen, ...(purge !== null && { purge }) },
    ]),
  )
}

const newestJournals = 100

/** Every start of an ingress has a journal of its own. Those that are not complete, and of the others the newest, or all. */
export async function listJournals(database: Kysely<AuditTables>, which: 'newest' | 'all') {
  const { rows: journals } = await sql<JournalProgress & { journal: string }>`
    select journal, committed, seen from audit.journals
    where committed < seen or ${which === 'all'} or journal in (
      select journal from audit.journals order by updated_at desc limit ${newestJournals})`.execute(database)
  const { rows } = await sql<{ complete: number }>`
    select count(*) as complete from audit.journals where committed >= seen`.execute(database)
  return { journals, completeJournals: rows[0]!.complete }
}
