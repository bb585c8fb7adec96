import {
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
  const { violations, withinSeconds, forSeconds } = data
  await database
    .insertInto('policy.quarantine_rules')
    .values({ id, changed_at: time, violations, within_seconds: withinSeconds, for_seconds: forSeconds })
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
  return row
    ? { violations: row.violations, withinSeconds: row.within_seconds, forSeconds: row.for_seconds }
    : defaultQuarantineRule
}

export async function storeQuarantined(
  database: Transaction<PolicyTables>,
  { tenant, data, time }: EventByType<typeof eventTypes.sessionQuarantined>,
): Promise<void> {
  const {
    session,
    caller = '',
    until,
    cause,
    reason,
    policy = null,
    exchange = null,
    violations = null,
    actor,
  } = data
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
    .values({ tenant, session, caller, ...found })
    .onConflict((conflict) => conflict.columns(['tenant', 'session', 'caller']).doUpdateSet(found))
    .execute()
  await raiseRevision(database, 'quarantine')
}

export async function storeReleased(
  database: Transaction<PolicyTables>,
  { tenant, data, time }: EventByType<typeof eventTypes.sessionReleased>,
): Promise<void> {
  await database
    .updateTable('policy.quarantines')
    .set({ released_at: time, released_by: data.actor, release_reason: data.reason })
    .where('tenant', '=', tenant)
    .where('session', '=', data.session)
    .where('caller', '=', data.caller ?? '')
    .where('released_at', 'is', null)
    .execute()
  await raiseRevision(database, 'quarantine')
}

/** Newest first; those that are over as well where `all` says so. */
export async function listQuarantines(
  database: Kysely<PolicyTables>,
  { all, limit, session }: { all: boolean; limit: number; session?: string },
): Promise<Quarantine[]> {
  let query = database
    .selectFrom('policy.quarantines')
    .selectAll()
    .orderBy('quarantined_at', 'desc')
    .limit(limit)
  if (!all) query = query.where('released_at', 'is', null).where('until', '>', sql<Date>`now()`)
  if (session !== undefined) query = query.where('session', '=', session)
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

/** The sessions in quarantine, as ingresses get them. */
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
    session,
    ...(caller !== '' && { caller }),
    until: (until as Date).toISOString(),
  }))
}
