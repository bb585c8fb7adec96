import { type EventByType, type eventTypes, type Mode, type PolicySet, sha256Hex } from '@airs-cp/events'
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { PolicyTables } from '../tables.ts'

/** One version of a policy; one without document removed it. */
export type PolicyVersion = {
  name: string
  version: number
  document: string | null
  actor: string
  appliedAt: Date
  reason: string | null
  restores: number | null
  backtest: string | null
}

export type StoredPolicy = PolicyVersion & { document: string }

export async function storeApplied(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.policyApplied>,
): Promise<void> {
  const { name, version, document, actor, reason = null, restores = null, backtest = null } = data
  await database
    .insertInto('policy.versions')
    .values({ name, version, document, actor, applied_at: time, reason, restores, backtest })
    .execute()
  await raiseSetVersion(database)
}

export async function storeRemoved(
  database: Transaction<PolicyTables>,
  { data, time }: EventByType<typeof eventTypes.policyRemoved>,
): Promise<void> {
  const { name, version, actor, reason = null } = data
  await database
    .insertInto('policy.versions')
    .values({
      name,
      version,
      document: null,
      actor,
      applied_at: time,
      reason,
      restores: null,
      backtest: null,
    })
    .execute()
  await raiseSetVersion(database)
}

async function raiseSetVersion(database: Transaction<PolicyTables>): Promise<void> {
  await sql`insert into policy.settings (mode, mode_reason, set_version) values ('observe', '', 1)
    on conflict (singleton) do update set set_version = policy.settings.set_version + 1`.execute(database)
}

function versionOf({ applied_at, ...row }: Selectable<PolicyTables['policy.versions']>): PolicyVersion {
  return { ...row, appliedAt: applied_at as Date }
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
  return rows.map(versionOf).filter((row): row is StoredPolicy => row.document !== null)
}

/** Every version that a policy ever had, newest first; removals included. */
export async function policyVersions(database: Kysely<PolicyTables>, name: string): Promise<PolicyVersion[]> {
  const rows = await database
    .selectFrom('policy.versions')
    .selectAll()
    .where('name', '=', name)
    .orderBy('version', 'desc')
    .execute()
  return rows.map(versionOf)
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

/** What names a policy document in backtests: SHA-256 of its text as applied. */
export function documentDigest(document: string): string {
  return sha256Hex(document)
}

export type SetHead = { mode: Mode; reason: string; message: string | null; setVersion: number }

/** The global mode and the version of the whole set; undefined before the first start has set them. */
export async function findSetHead(database: Kysely<PolicyTables>): Promise<SetHead | undefined> {
  const row = await database.selectFrom('policy.settings').selectAll().executeTakeFirst()
  return (
    row && { mode: row.mode, reason: row.mode_reason, message: row.mode_message, setVersion: row.set_version }
  )
}

/** The whole set as ingresses get it, read in one snapshot. */
export async function readPolicySet(database: Kysely<PolicyTables>): Promise<PolicySet> {
  return database
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (transaction) => {
      const head = await findSetHead(transaction)
      const policies = await currentPolicies(transaction)
      return {
        version: head?.setVersion ?? 0,
        mode: head?.mode ?? 'observe',
        policies: policies.map(({ name, version, document }) => ({ name, version, document })),
      }
    })
}
