import type { Api } from '@airs-cp/runtime'
import { type Kysely, sql } from 'kysely'
import { z } from 'zod'
import type { PolicyTables } from '../tables.ts'
import type { AlertSettings } from './settings.ts'

const alertSchema = z.object({
  event: z.uuid(),
  type: z.string(),
  target: z.string().describe('Origin of the address'),
  state: z.enum(['waiting', 'delivered', 'failed', 'dropped']),
  attempts: z.int(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  lastError: z.string().nullable(),
})

export function addAlertRoutes(
  { route }: Api,
  database: Kysely<PolicyTables>,
  settings: AlertSettings | undefined,
): void {
  const originOf = (target: string) => {
    const url = settings?.targets.get(target)
    return url === undefined ? '(not configured any more)' : new URL(url).origin
  }
  route(
    'get',
    '/v1/alerts',
    {
      role: 'viewer',
      summary: 'Alerts to webhooks of the last seven days, newest first',
      query: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
      answer: z.object({
        targets: z.array(z.string()),
        counts: z.record(z.string(), z.int()),
        alerts: z.array(alertSchema),
      }),
    },
    async ({ query }) => {
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
  )
}
