import { type RepeatedWork, type RepeatReports, repeat } from '@airs-cp/runtime'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { PolicyTables } from '../tables.ts'
import { bodyFor } from './receivers/request-of.ts'
import { sendAlert } from './send-alert.ts'
import type { AlertSettings } from './settings.ts'

const lookAgainMs = 1_000
const keepHouseMs = 60_000
const batchSize = 8
const firstDelaySeconds = 1
const longestDelaySeconds = 3_600
const giveUpAfter = '24 hours'
const keepFor = '7 days'

type Row = Pick<PolicyTables['policy.alerts'], 'target' | 'body'> & { event_id: string; attempts: number }
type Send = (row: Row, signal: AbortSignal) => Promise<void>

/**
 * Sends what waits, for ever: each alert until its receiver has taken it, with growing delays, for a day. What was sent and could
 * not be noted as sent is sent again under the same id. Each address has a queue of its own, so that one that hangs holds up no other.
 */
export function startAlerts(
  database: Kysely<PolicyTables>,
  { targets, key, consoleUrl }: AlertSettings,
  reports: RepeatReports,
): RepeatedWork {
  const queue = (of: RawBuilder<boolean>, send: Send) =>
    repeat({ everyMs: lookAgainMs, work: (signal) => sendAll(database, of, send, signal), ...reports })
  const queues = [...targets].map(([target, receiver]) =>
    queue(sql`target = ${target}`, ({ event_id: id, body }, signal) => {
      const signedBy = receiver.kind === 'webhook' ? key : undefined
      return sendAlert(receiver.url, signedBy, { id, body: bodyFor(receiver, body, consoleUrl) }, signal)
    }),
  )
  const others = queue(sql`target <> all(${[...targets.keys()]}::text[])`, async () => {
    throw new Error('the address is not configured any more')
  })
  const house = repeat({ everyMs: keepHouseMs, work: () => keepHouse(database), ...reports })
  const all = [...queues, others, house]
  const close = async () => {
    await Promise.all(all.map((work) => work.close()))
  }
  return {
    wake: () => {
      for (const one of queues) one.wake()
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function sendAll(
  database: Kysely<PolicyTables>,
  of: RawBuilder<boolean>,
  send: Send,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const { rows } = await sql<Row>`select event_id, target, body, attempts from policy.alerts
      where state = 'waiting' and try_at <= now() and ${of} order by try_at, event_id limit ${batchSize}`.execute(
      database,
    )
    if (rows.length === 0 || signal.aborted) return
    await Promise.all(
      rows.map(async (row) => {
        const problem = await send(row, signal).then(() => undefined, reasonOf)
        // One that is broken off by the end of this process is sent by the next one.
        if (!signal.aborted || problem === undefined) await note(database, row, problem)
      }),
    )
  }
}

/** @param problem undefined: the receiver has taken it. */
async function note(
  database: Kysely<PolicyTables>,
  { event_id, target, attempts }: Row,
  problem: string | undefined,
): Promise<void> {
  const delay = Math.min(longestDelaySeconds, firstDelaySeconds * 2 ** Math.min(attempts, 12))
  const isDelivered = problem === undefined
  await sql`update policy.alerts set attempts = attempts + 1, last_error = ${problem ?? null},
      try_at = now() + make_interval(secs => ${delay}),
      state = case when ${isDelivered} then 'delivered'
        when created_at < now() - ${giveUpAfter}::interval then 'failed' else 'waiting' end,
      ended_at = case when ${isDelivered} or created_at < now() - ${giveUpAfter}::interval then now() end
    where event_id = ${event_id}::uuid and target = ${target}`.execute(database)
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
