import type { Place, TalliedPage } from '@airs-cp/manifest'
import { type Kysely, sql } from 'kysely'
import { eventCondition, type Selection } from '../selection.ts'
import type { ExportTables } from '../tables.ts'
import { eventPage } from './event-page.ts'
import { pageOfRows } from './page-of-rows.ts'
import type { Page, Source } from './source.ts'

type Row = {
  id: string
  at: string
  type: string
  tenant: string
  session: string | null
  exchange: string | null
  journal: string | null
  sequence: number | null
  event: string
}

/** Every event, exactly as it was recorded. */
export const events: Source = {
  columns: ['id', 'time', 'type', 'tenant', 'session', 'exchange', 'journal', 'sequence', 'event'],
  isStable: true,
  async count(snapshot, selection) {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from audit.recorded_events where ${eventCondition(selection)}`.execute(
      snapshot,
    )
    return rows[0]!.count
  },
  page: (snapshot, selection, after, format) =>
    format === 'jsonl' ? readLines(snapshot, selection, after) : readRows(snapshot, selection, after),
}

/** Joined and counted by Postgres: a page is one value, which takes a fifth of the time of its rows one by one. */
async function readLines(
  snapshot: Kysely<ExportTables>,
  selection: Selection,
  after: Place | null,
): Promise<Page | undefined> {
  const { rows } = await sql<{
    rows: number
    text: string | null
    first: Place
    last: Place
    counts: TalliedPage['counts']
    journals: TalliedPage['journals'] | null
  }>`
    with page as materialized (${eventPage(selection, after)})
    select count(*) as rows,
      string_agg(event, E'\n' order by time, id) || E'\n' as text,
      (select json_build_object('time', time::text, 'id', id) from page order by time, id limit 1) as first,
      (select json_build_object('time', time::text, 'id', id) from page order by time desc, id desc limit 1) as last,
      (select json_object_agg(type, rows) from (select type, count(*) as rows from page group by type) by_type) as counts,
      (
        select json_object_agg(journal, runs) from (
          select journal, json_agg(json_build_array(first, last) order by first) as runs
          from (
            select journal, min(sequence) as first, max(sequence) as last
            from (
              select journal, sequence, sequence - row_number() over (partition by journal order by sequence) as run
              from page where journal is not null
            ) numbered group by journal, run
          ) of_journal group by journal
        ) by_journal
      ) as journals
    from page`.execute(snapshot)
  const [page] = rows
  if (!page?.text) return undefined
  return { ...page, text: page.text, journals: page.journals ?? {} }
}

async function readRows(
  snapshot: Kysely<ExportTables>,
  selection: Selection,
  after: Place | null,
): Promise<Page | undefined> {
  const { rows } = await sql<Row>`
    select id, time::text as at, type, tenant, session, exchange, journal, sequence, event
    from (${eventPage(selection, after)}) page order by time, id`.execute(snapshot)
  return pageOfRows(
    rows.map(({ id, at, type, tenant, session, exchange, journal, sequence, event }) => ({
      id,
      time: at,
      label: type,
      journal,
      sequence,
      json: event,
      cells: () => [
        id,
        new Date(at).toISOString(),
        type,
        tenant,
        session,
        exchange,
        journal,
        sequence,
        event,
      ],
    })),
    'csv',
  )
}
