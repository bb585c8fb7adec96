import { type RepeatedWork, type RepeatReports, repeat } from '@airs-cp/runtime'
import { type Kysely, sql } from 'kysely'
import type { PolicyTables } from '../tables.ts'
import { bodyFor } from './receivers/request-of.ts'
import { sendAlert } from './send-alert.ts'
import type { AlertSettings } from './settings.ts'

const lookAgainMs = 1_000
const batchSize = 8
const firstDelaySeconds = 1
const longestDelaySeconds = 3_600
const giveUpAfter = '24 hours'
const keepFor = '7 days'

type Row = Pick<PolicyTables['policy.alerts'], 'target' | 'body'> & { event_id: string; attempts: number }

/**
 * Sends what waits, for ever: each alert until its receiver has taken it, with growing delays, for a day. What was sent and could
 * not be noted as sent is sent again under the same id.
 */
export function startAlerts(
  database: Kysely<PolicyTables>,
  { targets, key, consoleUrl }: AlertSettings,
  reports: RepeatReports,
): RepeatedWork {
  async function sendAll(signal: AbortSignal): Promise<void> {
    await keepHouse(database)
    for (;;) {
      const { rows } = await sql<Row>`select event_id, target, body, attempts from policy.alerts
        where state = 'waiting' and try_at <= now() order by try_at, event_id limit ${batchSize}`.execute(
        database,
      )
      if (rows.length === 0 || signal.aborted) return
      await Promise.all(rows.map(sendOne))
    }
  }

  async function sendOne(row: Row): Promise<void> {
    const receiver = targets.get(row.target)
    try {
      if (receiver === undefined) throw new Error('the address is not configured any more')
      const body = bodyFor(receiver, row.body, consoleUrl)
      await sendAlert(receiver.url, receiver.kind === 'webhook' ? key : undefined, { id: row.event_id, body })
      await note(row, { state: 'delivered', last_error: null })
    } catch (error) {
      await note(row, { state: 'waiting', last_error: reasonOf(error) })
    }
  }

  async function note(
    { event_id, target, attempts }: Row,
    outcome: { state: 'waiting' | 'delivered'; last_error: string | null },
  ): Promise<void> {
    const delay = Math.min(longestDelaySeconds, firstDelaySeconds * 2 ** Math.min(attempts, 12))
    await sql`update policy.alerts set attempts = attempts + 1, last_error = ${outcome.last_error},
        try_at = now() + make_interval(secs => ${delay}),
        state = case when ${outcome.state} = 'waiting' and created_at < now() - ${giveUpAfter}::interval
          then 'failed' else ${outcome.state} end,
        ended_at = case when ${outcome.state} = 'waiting' and created_at >= now() - ${giveUpAfter}::interval
          then null else now() end
      where event_id = ${event_id}::uuid and target = ${target}`.execute(database)
  }

  return repeat({ everyMs: lookAgainMs, work: sendAll, ...reports })
}

async function keepHouse(database: Kysely<PolicyTables>): Promise<void> {
  await sql`delete from policy.alerts where state <> 'waiting' and created_at < now() - ${keepFor}::interval`.execute(
    database,
  )
}

/** Without the address, which may be a secret. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  const code = (cause as { code?: string } | undefined)?.code
  return code ?? (/^https?:|:\/\//.test(message) ? 'it could not be sent' : message).slice(0, 300)
}
