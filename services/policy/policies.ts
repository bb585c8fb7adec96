import type { EventByType, eventTypes, Mode } from '@airs-cp/events'
import type { PolicySet } from '@airs-cp/policy-engine'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { PolicyTables } from './tables.ts'

export type StoredPolicy = {
  name: string
  version: number
  document: string
  actor: string
  applied_at: string | Date
}

export async function storeApplied(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.policyApplied>,
): Promise<void> {
  await database
    .insertInto('policy.versions')
    .values({ ...data, applied_at: time })
    .execute()
  await raiseSetVersion(database)
}

export async function storeRemoved(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.policyRemoved>,
): Promise<void> {
  await database
    .insertInto('policy.versions')
    .values({ ...data, document: null, applied_at: time })
    .execute()
  await raiseSetVersion(database)
}

export async function storeMode(
  database: Transaction<PolicyTables>,
  { data }: EventByType<typeof eventTypes.modeChanged>,
): Promise<void> {
  await sql`insert into policy.settings (mode, mode_reason, set_version) values (${data.mode}, ${data.reason}, 1)
    on conflict (singleton) do update set mode = excluded.mode, mode_reason = excluded.mode_reason,
      set_version = policy.settings.set_version + 1`.execute(database)
}

async function raiseSetVersion(database: Transaction<PolicyTables>): Promise<void> {
  await sql`insert into policy.settings (mode, mode_reason, set_version) values ('observe', '', 1)
    on conflict (singleton) do update set set_version = policy.settings.set_version + 1`.execute(database)
}

/** The policies in force, by name. */
export async function currentPolicies(database: Kysely<PolicyTables>): Promise<StoredPolicy[]> {
  const rows = await database
    .selectFrom('policy.versions')
    .selectAll()
    .distinctOn('name')
    .orderBy('name')
    .orderBy('version', 'desc')
    .execute()
  return rows.filter((row): row is StoredPolicy => row.document !== null)
}

/** The highest version that a policy ever had, removals included; 0 for one that never was. */
export async function latestVersion(database: Kysely<PolicyTables>, name: string): Promise<number> {
  const row = await database
    .selectFrom('policy.versions')
    .select(({ fn }) => fn.max('version').as('version'))
    .where('name', '=', name)
    .executeTakeFirst()
  return row?.version ?? 0
}

export async function findMode(
  database: Kysely<PolicyTables>,
): Promise<{ mode: Mode; reason: string; setVersion: number } | undefined> {
  const row = await database.selectFrom('policy.settings').selectAll().executeTakeFirst()
  return row && { mode: row.mode, reason: row.mode_reason, setVersion: row.set_version }
}

/** The whole set as ingresses get it, read in one snapshot. */
export async function readPolicySet(database: Kysely<PolicyTables>): Promise<PolicySet> {
  return database
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (transaction) => {
      const mode = await findMode(transaction)
      const policies = await currentPolicies(transaction)
      return {
        version: mode?.setVersion ?? 0,
        mode: mode?.mode ?? 'observe',
        policies: policies.map(({ name, version, document }) => ({ name, version, document })),
      }
    })
}
