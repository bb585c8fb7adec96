import { contract } from '@airs-cp/control-api'
import type { Api } from '@airs-cp/runtime'
import { type Kysely, sql } from 'kysely'
import type { PolicyTables } from '../tables.ts'
import { nameOf } from './receivers/request-of.ts'
import type { AlertSettings } from './settings.ts'

export function addAlertRoutes(
  api: Api,
  database: Kysely<PolicyTables>,
  settings: AlertSettings | undefined,
): void {
  const originOf = (target: string) => {
    const receiver = settings?.targets.get(target)
    return receiver === undefined ? '(not configured any more)' : nameOf(receiver)
  }
  api.implement(contract.policy.alerts, {
    'GET /v1/alerts': async ({ query }) => {
      const { rows } = await sql<{ state: string; count: number }>`
        select state, count(*) as count from policy.alerts group by state order by state`.execute(database)
      const alerts = await database
        .selectFrom('policy.alerts')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('event_id', 'desc')
        .limit(query.limit)
        .execute()
      return {
        targets: [...(settings?.targets.keys() ?? [])].map(originOf),
        counts: Object.fromEntries(rows.map(({ state, count }) => [state, count])),
        alerts: alerts.map((row) => ({
          event: row.event_id,
          type: row.type,
          target: originOf(row.target),
          state: row.state,
          attempts: row.attempts,
          createdAt: row.created_at,
          endedAt: row.ended_at,
          lastError: row.last_error,
        })),
      }
    },
  })
}
