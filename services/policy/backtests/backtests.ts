import type { BacktestRequested, EventByType, eventTypes } from '@airs-cp/events'
import type { Kysely, Transaction } from 'kysely'
import type { BacktestState, PolicyTables } from '../tables.ts'
import type { BacktestReport } from './report.ts'

export type Backtest = {
  id: string
  state: BacktestState
  actor: string
  requestedAt: Date
  endedAt: Date | null
  request: BacktestRequested
  digest: string | null
  error: string | null
}

const columns = ['id', 'state', 'actor', 'requested_at', 'ended_at', 'request', 'digest', 'error'] as const

export async function storeRequested(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.backtestRequested>,
): Promise<void> {
  const request = JSON.stringify(data)
  const { backtestId: id, actor } = data
  await database.insertInto('policy.backtests').values({ id, request, actor, requested_at: time }).execute()
}

export async function storeCompleted(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.backtestCompleted>,
): Promise<void> {
  const { backtestId, digest } = data
  const report = JSON.stringify(data.report)
  await end(database, backtestId, { state: 'completed', digest, report, ended_at: time })
}

export async function storeFailed(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.backtestFailed>,
): Promise<void> {
  await end(database, data.backtestId, { state: 'failed', error: data.error, ended_at: time })
}

export async function storeCancelled(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.backtestCancelled>,
): Promise<void> {
  await end(database, data.backtestId, { state: 'cancelled', ended_at: time })
}

/** Only one that is still queued ends; what comes after an end changes nothing. */
async function end(
  database: Transaction<PolicyTables>,
  id: string,
  outcome: { state: BacktestState; ended_at: string; digest?: string; report?: string; error?: string },
): Promise<void> {
  await database
    .updateTable('policy.backtests')
    .set(outcome)
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .execute()
}

export async function findBacktest(
  database: Kysely<PolicyTables>,
  id: string,
): Promise<Backtest | undefined> {
  const row = await database
    .selectFrom('policy.backtests')
    .select(columns)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && toBacktest(row)
}

/** Newest first. */
export async function listBacktests(database: Kysely<PolicyTables>, limit: number): Promise<Backtest[]> {
  const rows = await database
    .selectFrom('policy.backtests')
    .select(columns)
    .orderBy('requested_at', 'desc')
    .limit(limit)
    .execute()
  return rows.map(toBacktest)
}

/** The one that waits longest. */
export async function nextQueued(database: Kysely<PolicyTables>): Promise<Backtest | undefined> {
  const row = await database
    .selectFrom('policy.backtests')
    .select(columns)
    .where('state', '=', 'queued')
    .orderBy('requested_at')
    .limit(1)
    .executeTakeFirst()
  return row && toBacktest(row)
}

export async function findReport(
  database: Kysely<PolicyTables>,
  by: { id: string } | { digest: string },
): Promise<BacktestReport | undefined> {
  const [column, value] = 'id' in by ? (['id', by.id] as const) : (['digest', by.digest] as const)
  const row = await database
    .selectFrom('policy.backtests')
    .select('report')
    .where(column, '=', value)
    .where('state', '=', 'completed')
    .limit(1)
    .executeTakeFirst()
  return row?.report as BacktestReport | undefined
}

function toBacktest(
  row: Pick<PolicyTables['policy.backtests'], Exclude<(typeof columns)[number], 'state'>> & {
    state: BacktestState
  },
): Backtest {
  return {
    id: row.id,
    state: row.state,
    actor: row.actor,
    requestedAt: row.requested_at as Date,
    endedAt: row.ended_at as Date | null,
    request: row.request as BacktestRequested,
    digest: row.digest,
    error: row.error,
  }
}
