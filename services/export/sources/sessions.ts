import { type RawBuilder, sql } from 'kysely'
import { exchangeCondition, hasFilters, type Selection } from '../selection.ts'
import type { ExportedRow, Source } from './source.ts'

/** A session may be long, and with it its graph. */
const pageSessions = 100

type Row = {
  session: string
  at: string
  until: string
  tenant: string
  exchanges: Record<string, unknown>[]
  nodes?: unknown[]
  edges?: unknown[]
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
    const graph = selection.includeLineage
      ? sql`, (select row_to_json(g) from (select nodes, edges from lineage.exported_graphs where session = s.session) g) as graph`
      : sql``
    const { rows } = await sql<Row & { graph?: { nodes: unknown[]; edges: unknown[] } | null }>`
      select s.session, started_at::text as at, last_active_at::text as until, tenant, exchanges ${graph}
      from lineage.exported_sessions s
      where ${condition(selection)} ${beyond}
      order by started_at, s.session collate "C" limit ${sql.lit(Math.min(limit, pageSessions))}`.execute(
      database,
    )
    yield rows.map(({ session, at, until, tenant, exchanges, graph: found }): ExportedRow => {
      const row = {
        session,
        tenant,
        startedAt: new Date(at).toISOString(),
        lastActiveAt: new Date(until).toISOString(),
        exchanges: exchanges.map(camelCased),
        ...(selection.includeLineage && {
          lineage: {
            nodes: (found?.nodes ?? []).map(camelCased),
            edges: (found?.edges ?? []).map(camelCased),
          },
        }),
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
    })
  },
}

function condition({ range, filters }: Selection): RawBuilder<unknown> {
  const active = sql`started_at < ${range.until?.toISOString() ?? 'infinity'}::timestamptz
    and last_active_at >= ${range.from?.toISOString() ?? '-infinity'}::timestamptz`
  if (!hasFilters(filters)) return active
  return sql`${active} and s.session in (
    select session from lineage.exported_exchanges where ${exchangeCondition(filters)})`
}

/** The names that the database gives become those of the APIs. */
function camelCased(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, own]) => [
      name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
      own,
    ]),
  )
}
