import {
  type BudgetPeriod,
  type ClientKey,
  type EventByType,
  type eventTypes,
  type KeyIdentity,
  type KeyLimits,
  type KeyMatch,
  periodAt,
  type Spent,
} from '@airs-cp/events'
import { type Kysely, sql, type Transaction } from 'kysely'
import { raiseRevision } from '../publishing/revisions.ts'
import type { PolicyTables } from '../tables.ts'

export type StoredKey = Pick<ClientKey, 'keyId' | 'name' | 'match' | 'limits'> & {
  fixed: KeyIdentity
  /** Replaced secrets that are still accepted. */
  former: { match: KeyMatch; until: string }[]
  /** In total. */
  spentUsdMicros: number
  /** In the period of its budget. */
  spent: Spent
  actor: string
  createdAt: Date
  changedAt: Date | null
  revokedAt: Date | null
}

export async function storeKey(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.keyCreated>,
): Promise<void> {
  const { keyId, name, match, limits, fixed = {}, actor } = data
  await database
    .insertInto('policy.keys')
    .values({
      id: keyId,
      name,
      match: JSON.stringify(match),
      limits: JSON.stringify(limits),
      fixed: JSON.stringify(fixed),
      actor,
      created_at: time,
      changed_at: null,
      revoked_at: null,
    })
    .execute()
  await raiseRevision(database, 'keys')
}

export async function changeKey(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.keyChanged>,
): Promise<void> {
  const { keyId, name, limits, fixed } = data
  await database
    .updateTable('policy.keys')
    .set({
      changed_at: time,
      ...(name !== undefined && { name }),
      ...(limits && { limits: JSON.stringify(limits) }),
      ...(fixed && { fixed: JSON.stringify(fixed) }),
    })
    .where('id', '=', keyId)
    .execute()
  await raiseRevision(database, 'keys')
}

/** What stood for the key until now is accepted a while longer, with what was replaced before and is still accepted. */
export async function rotateKey(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.keyRotated>,
): Promise<void> {
  const { keyId, match, formerUntil } = data
  await sql`update policy.keys set changed_at = ${time}::timestamptz, match = ${JSON.stringify(match)}::jsonb,
      former = (select coalesce(jsonb_agg(one), '[]') from jsonb_array_elements(former) one
          where (one ->> 'until')::timestamptz > ${time}::timestamptz)
        || jsonb_build_array(jsonb_build_object('match', match, 'until', ${formerUntil}::text))
    where id = ${keyId}::uuid`.execute(database)
  await raiseRevision(database, 'keys')
}

export async function revokeKey(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.keyRevoked>,
): Promise<void> {
  await database
    .updateTable('policy.keys')
    .set({ revoked_at: time })
    .where('id', '=', data.keyId)
    .where('revoked_at', 'is', null)
    .execute()
  await raiseRevision(database, 'keys')
}

/** Charges an exchange's cost to the key that it was made with, on the day on which it ended. */
export async function chargeKey(
  database: Transaction<PolicyTables>,
  {
    data: { keyId, cost },
    time,
  }: { data: { keyId?: string | undefined; cost?: { usdMicros: number } | undefined }; time: string },
): Promise<void> {
  if (keyId === undefined || !cost || cost.usdMicros === 0) return
  const { usdMicros } = cost
  await sql`with charged as (
      update policy.keys set spent_usd_micros = spent_usd_micros + ${usdMicros} where id = ${keyId}::uuid returning id)
    insert into policy.key_spending as s (key_id, day, usd_micros)
      select id, (${time}::timestamptz at time zone 'UTC')::date, ${usdMicros} from charged
      on conflict (key_id, day) do update set usd_micros = s.usd_micros + excluded.usd_micros`.execute(
    database,
  )
}

/** @param at for which moment budgets with a period are counted. */
export async function listKeys(
  database: Kysely<PolicyTables>,
  { keyId, at = new Date() }: { keyId?: string; at?: Date } = {},
): Promise<StoredKey[]> {
  let query = database.selectFrom('policy.keys').selectAll().orderBy('created_at').orderBy('id')
  if (keyId !== undefined) query = query.where('id', '=', keyId)
  const rows = await query.execute()
  const hasPeriod = rows.some(({ limits }) => periodOf(limits as KeyLimits) !== 'total')
  const spending = hasPeriod ? await readSpending(database, at) : new Map<string, Spending>()
  return rows.map((row) => {
    const limits = row.limits as KeyLimits
    const period = periodOf(limits)
    const usdMicros = period === 'total' ? row.spent_usd_micros : (spending.get(row.id)?.[period] ?? 0)
    return {
      keyId: row.id,
      name: row.name,
      match: row.match as KeyMatch,
      limits,
      fixed: row.fixed as KeyIdentity,
      former: (row.former as StoredKey['former']).filter(({ until }) => Date.parse(until) > at.getTime()),
      spentUsdMicros: row.spent_usd_micros,
      spent: { usdMicros, period, sinceMs: periodAt(period, at.getTime()).sinceMs },
      actor: row.actor,
      createdAt: row.created_at as Date,
      changedAt: row.changed_at as Date | null,
      revokedAt: row.revoked_at as Date | null,
    }
  })
}

function periodOf({ budgetPeriod = 'total' }: KeyLimits): BudgetPeriod {
  return budgetPeriod
}

type Spending = Record<Exclude<BudgetPeriod, 'total'>, number>

async function readSpending(database: Kysely<PolicyTables>, at: Date): Promise<Map<string, Spending>> {
  const since = (period: BudgetPeriod) =>
    new Date(periodAt(period, at.getTime()).sinceMs).toISOString().slice(0, 10)
  const of = (period: BudgetPeriod) =>
    sql`coalesce(sum(usd_micros) filter (where day >= ${since(period)}::date), 0)::bigint`
  const { rows } = await sql<{ key_id: string } & Spending>`
    select key_id, ${of('day')} as day, ${of('week')} as week, ${of('month')} as month
      from policy.key_spending where day >= least(${since('week')}::date, ${since('month')}::date)
      group by key_id`.execute(database)
  return new Map(rows.map(({ key_id: keyId, ...spending }) => [keyId, spending]))
}
