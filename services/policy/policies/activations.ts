import type { EventByType, eventTypes } from '@airs-cp/events'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { PolicyTables } from '../tables.ts'

/** Notes which set an ingress decides by. Events of one ingress come in order, but may come again. */
export async function storeActivation(
  database: Transaction<PolicyTables>,
  { source, data, time }: EventByType<typeof eventTypes.policySetActivated>,
): Promise<void> {
  await sql`insert into policy.activations as a (source, set_version, updated_at) values (${source}, ${data.version}, ${time})
    on conflict (source) do update set set_version = excluded.set_version, silent = false,
      rejected_version = null, rejected_error = null, updated_at = excluded.updated_at
      where a.updated_at <= excluded.updated_at`.execute(database)
}

/** Notes that an ingress cannot use a set; it goes on with the one before. */
export async function storeRejection(
  database: Transaction<PolicyTables>,
  { source, data, time }: EventByType<typeof eventTypes.policySetRejected>,
): Promise<void> {
  const { version, error } = data
  await sql`insert into policy.activations as a (source, set_version, rejected_version, rejected_error, updated_at)
      values (${source}, 0, ${version}, ${error}, ${time})
    on conflict (source) do update set rejected_version = excluded.rejected_version,
      rejected_error = excluded.rejected_error, silent = false, updated_at = excluded.updated_at
      where a.updated_at <= excluded.updated_at`.execute(database)
}

/** An ingress process that has ended is not waited for. */
export async function forgetEnded(
  database: Transaction<PolicyTables>,
  { data }: EventByType<typeof eventTypes.ingressStarted>,
): Promise<void> {
  if (data.previous !== undefined)
    await database.deleteFrom('policy.activations').where('source', '=', data.previous).execute()
}

/** Who has a set, who cannot use it, and who has not told anything yet. */
export type Activation = {
  activated: number
  pending: string[]
  rejected: { source: string; error: string }[]
}

/**
 * Waits until every ingress that is heard of decides by `version`, or has told that it cannot. One that has told nothing
 * after `timeoutMs` is named as pending, and is not waited for again until it is heard of.
 */
export async function awaitActivation(
  database: Kysely<PolicyTables>,
  version: number,
  timeoutMs = 2_000,
): Promise<Activation> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const rows = await database
      .selectFrom('policy.activations')
      .selectAll()
      .where('silent', '=', false)
      .execute()
    const behind = rows.filter((row) => row.set_version < version)
    const cannot = behind.filter((row) => (row.rejected_version ?? 0) >= version)
    const pending = behind.filter((row) => !cannot.includes(row)).map((row) => row.source)
    const activation = {
      activated: rows.length - behind.length,
      pending,
      rejected: cannot.map(({ source, rejected_error }) => ({ source, error: rejected_error ?? '' })),
    }
    if (pending.length === 0) return activation
    if (Date.now() > deadline) {
      await database
        .updateTable('policy.activations')
        .set({ silent: true })
        .where('source', 'in', pending)
        .execute()
      return activation
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
