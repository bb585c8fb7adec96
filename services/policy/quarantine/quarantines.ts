import {
  type CallerQuarantined,
  defaultQuarantineRule,
  type EventByType,
  type eventTypes,
  type QuarantinedSessions,
  type QuarantineRule,
  type SessionQuarantined,
} from '@airs-cp/events'
import { type Kysely, sql, type Transaction } from 'kysely'
import { raiseRevision } from '../publishing/revisions.ts'
import type { PolicyTables } from '../tables.ts'

/** Of whom, where it is a caller that is quarantined: in every tenant, and under any session. */
const anyTenant = '*'
const anySession = ''

export type Quarantine = {
  tenant: string
  session: string
  caller: string | null
  state: 'quarantined' | 'expired' | 'released'
  quarantinedAt: Date
  until: Date
  cause: SessionQuarantined['cause']
  reason: string
  policy: string | null
  exchange: string | null
  violations: number | null
  actor: string
  releasedAt: Date | null
  releasedBy: string | null
  releaseReason: string | null
}

export async function storeRule(
  database: Transaction<PolicyTables>,
  { id, time, data }: EventByType<typeof eventTypes.quarantineRuleChanged>,
): Promise<void> {
  const { violations, withinSeconds, forSeconds, target } = data
  const rule = { violations, within_seconds: withinSeconds, for_seconds: forSeconds, target }
  await database
    .insertInto('policy.quarantine_rules')
    .values({ id, changed_at: time, ...rule })
    .execute()
}

/** @param at the rule of that time; else the one in force. */
export async function findRule(database: Kysely<PolicyTables>, at?: string): Promise<QuarantineRule> {
  let query = database
    .selectFrom('policy.quarantine_rules')
    .selectAll()
    .orderBy('changed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
  if (at !== undefined) query = query.where('changed_at', '<=', at)
  const row = await query.executeTakeFirst()
  if (!row) return defaultQuarantineRule
  const { violations, within_seconds: withinSeconds, for_seconds: forSeconds, target } = row
  return { violations, withinSeconds, forSeconds, target }
}

export function storeQuarantined(
  database: Transaction<PolicyTables>,
  { tenant, data, time }: EventByType<typeof eventTypes.sessionQuarantined>,
): Promise<void> {
  const { session, caller = '' } = data
  return store(database, { tenant, session, caller }, data, time)
}

export function storeCallerQuarantined(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.callerQuarantined>,
): Promise<void> {
  return store(database, { tenant: anyTenant, session: anySession, caller: data.caller }, data, time)
}

type Whose = { tenant: string; session: string; caller: string }

async function store(
  database: Transaction<PolicyTables>,
  whose: Whose,
  data: Omit<CallerQuarantined, 'caller'>,
  time: string,
): Promise<void> {
  const { until, cause, reason, policy = null, exchange = null, violations = null, actor } = data
  const found = {
    quarantined_at: time,
    until,
    cause,
    reason,
    policy,
    exchange,
    violations,
    actor,
    released_at: null,
    released_by: null,
    release_reason: null,
  }
  await database
    .insertInto('policy.quarantines')
    .values({ ...whose, ...found })
    .onConflict((conflict) => conflict.columns(['tenant', 'session', 'caller']).doUpdateSet(found))
    .execute()
  await raiseRevision(database, 'quarantine')
}

export function storeReleased(
  database: Transaction<PolicyTables>,
  { tenant, data, time }: EventByType<typeof eventTypes.sessionReleased>,
): Promise<void> {
  const { session, caller = '' } = data
  return release(database, { tenant, session, caller }, data, time)
}

export function storeCallerReleased(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.callerReleased>,
): Promise<void> {
  return release(database, { tenant: anyTenant, session: anySession, caller: data.caller }, data, time)
}

async function release(
  database: Transaction<PolicyTables>,
  { tenant, session, caller }: Whose,
  { actor, reason }: { actor: string; reason: string },
  time: string,
): Promise<void> {
  await database
    .updateTable('policy.quarantines')
    .set({ released_at: time, released_by: actor, release_reason: reason })
    .where('tenant', '=', tenant)
    .where('session', '=', session)
    .where('caller', '=', caller)
    .where('released_at', 'is', null)
    .execute()
  await raiseRevision(database, 'quarantine')
}

/** Of callers as a whole; newest first. */
export async function listQuarantinedCallers(
  database: Kysely<PolicyTables>,
  options: { all: boolean; limit: number; caller?: string },
): Promise<(Omit<Quarantine, 'tenant' | 'session' | 'caller'> & { caller: string })[]> {
  const found = await list(database, { ...options, session: anySession })
  return found.map(({ tenant: _tenant, session: _session, caller, ...rest }) => ({
    ...rest,
    caller: caller!,
  }))
}

/** Of sessions; newest first, and those that are over as well where `all` says so. */
export function listQuarantines(
  database: Kysely<PolicyTables>,
  options: { all: boolean; limit: number; session?: string },
): Promise<Quarantine[]> {
  return list(database, options)
}

async function list(
  database: Kysely<PolicyTables>,
  { all, limit, session, caller }: { all: boolean; limit: number; session?: string; caller?: string },
): Promise<Quarantine[]> {
  let query = database
    .selectFrom('policy.quarantines')
    .selectAll()
    .orderBy('quarantined_at', 'desc')
    .limit(limit)
  if (!all) query = query.where('released_at', 'is', null).where('until', '>', sql<Date>`now()`)
  query =
    session === undefined ? query.where('session', '<>', anySession) : query.where('session', '=', session)
  if (caller !== undefined) query = query.where('caller', '=', caller)
  return (await query.execute()).map((row) => ({
    tenant: row.tenant,
    session: row.session,
    caller: row.caller || null,
    state: row.released_at
      ? 'released'
      : (row.until as Date).getTime() > Date.now()
        ? 'quarantined'
        : 'expired',
    quarantinedAt: row.quarantined_at as Date,
    until: row.until as Date,
    cause: row.cause,
    reason: row.reason,
    policy: row.policy,
    exchange: row.exchange,
    violations: row.violations,
    actor: row.actor,
    releasedAt: row.released_at as Date | null,
    releasedBy: row.released_by,
    releaseReason: row.release_reason,
  }))
}

/** The sessions and callers in quarantine, as ingresses get them. */
export async function readQuarantined(
  database: Kysely<PolicyTables>,
): Promise<QuarantinedSessions['sessions']> {
  const rows = await database
    .selectFrom('policy.quarantines')
    .select(['tenant', 'session', 'caller', 'until'])
    .where('released_at', 'is', null)
    .where('until', '>', sql<Date>`now()`)
    .execute()
  return rows.map(({ tenant, session, caller, until }) => ({
    tenant,
    ...(session !== anySession && { session }),
    ...(caller !== '' && { caller }),
    until: (until as Date).toISOString(),
  }))
}
