import { type RawBuilder, sql } from 'kysely'
import { exchangeCondition, hasFilters, type Selection } from '../selection/selection.ts'
import { camelCased } from './camel-cased.ts'
import { readGraph } from './session-graph.ts'
import type { ExportedRow, Source } from './source.ts'

/** A session may be long, and with it its graph. */
const pageSessions = 100

type Row = {
  session: string
  at: string
  until: string
  tenant: string
  exchanges: Record<string, unknown>[]
}

/** Sessions that were active in the range, each whole: its exchanges in order and, if asked for, what came of what. */
export const sessions: Source = {
  columns: ['session', 'tenant', 'startedAt', 'lastActiveAt', 'exchangeCount', 'exchanges', 'lineage'],
  isStable: false,
  async count({ database }, selection) {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from lineage.exported_sessions s where ${condition(selection)}`.execute(
      database,
    )
    return rows[0]!.count
  },
  async *rows({ database }, selection, after, limit) {
    const beyond = after
      ? sql`and (started_at, s.session collate "C") > (${after.time}::timestamptz, ${after.id})`
      : sql``
    const { rows } = await sql<Row>`
      select s.session, started_at::text as at, last_active_at::text as until, tenant, exchanges
      from lineage.exported_sessions s
      where ${condition(selection)} ${beyond}
      order by started_at, s.session collate "C" limit ${sql.lit(Math.min(limit, pageSessions))}`.execute(
      database,
    )
    for (const found of rows) yield [await rowOf(found)]

    async function rowOf({ session, at, until, tenant, exchanges }: Row): Promise<ExportedRow> {
      const row = {
        session,
        tenant,
        startedAt: new Date(at).toISOString(),
        lastActiveAt: new Date(until).toISOString(),
        exchanges: exchanges.map(camelCased),
        ...(selection.includeLineage && { lineage: await readGraph(database, session) }),
      }
      return {
        id: session,
        time: at,
        label: 'session',
        json: JSON.stringify(row),
        cells: () => [
          session,
          tenant,
          row.startedAt,
          row.lastActiveAt,
          row.exchanges.length,
          JSON.stringify(row.exchanges),
          row.lineage ? JSON.stringify(row.lineage) : null,
        ],
      }
    }
  },
}

function condition({ range, filters }: Selection): RawBuilder<unknown> {
  const active = sql`started_at < ${range.until?.toISOString() ?? 'infinity'}::timestamptz
    and last_active_at >= ${range.from?.toISOString() ?? '-infinity'}::timestamptz`
  if (!hasFilters(filters)) return active
  return sql`${active} and s.session in (
    select session from lineage.exported_exchanges where ${exchangeCondition(filters)})`
}
