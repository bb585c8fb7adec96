import type { EventByType, eventTypes } from '@airs-cp/events'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { PolicyTables } from './tables.ts'

/** Notes which set an ingress decides by. Events of one ingress come in order, but may come again. */
export async function storeActivation(
  database: Transaction<PolicyTables>,
  { source, data, time }: EventByType<typeof eventTypes.policySetActivated>,
): Promise<void> {
  await sql`insert into policy.activations as a (source, set_version, updated_at) values (${source}, ${data.version}, ${time})
    on conflict (source) do update set set_version = excluded.set_version, silent = false, updated_at = excluded.updated_at
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

/** Who has a set, and who has not told so yet. */
export type Activation = { activated: number; pending: string[] }

/**
 * Waits until every ingress that is heard of decides by `version`. One that has not told so after `timeoutMs` is named
 * as pending, and is not waited for again until it is heard of.
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
    const pending = rows.filter((row) => row.set_version < version).map((row) => row.source)
    const activated = rows.length - pending.length
    if (pending.length === 0) return { activated, pending }
    if (Date.now() > deadline) {
      await database
        .updateTable('policy.activations')
        .set({ silent: true })
        .where('source', 'in', pending)
        .execute()
      return { activated, pending }
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
