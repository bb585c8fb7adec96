import type { EventByType, eventTypes, Mode } from '@airs-cp/events'
import { type Kysely, sql, type Transaction } from 'kysely'
import { findSetHead, type SetHead } from '../policies/policies.ts'
import type { PolicyTables } from '../tables.ts'

export type ModeChange = {
  mode: Mode
  reason: string
  /** For clients, while the mode is `stop`. */
  message: string | null
  actor: string
  changedAt: Date
}

export async function storeMode(
  database: Transaction<PolicyTables>,
  { id, data, time }: EventByType<typeof eventTypes.modeChanged>,
): Promise<void> {
  const { mode, reason, message = null, actor } = data
  await database
    .insertInto('policy.mode_changes')
    .values({ id, mode, reason, message, actor, changed_at: time })
    .execute()
  await sql`insert into policy.settings (mode, mode_reason, mode_message, set_version) values (${mode}, ${reason}, ${message}, 1)
    on conflict (singleton) do update set mode = excluded.mode, mode_reason = excluded.mode_reason,
      mode_message = excluded.mode_message, set_version = policy.settings.set_version + 1`.execute(database)
}

/** Newest first. */
export async function modeHistory(database: Kysely<PolicyTables>, limit: number): Promise<ModeChange[]> {
  const rows = await database
    .selectFrom('policy.mode_changes')
    .selectAll()
    .orderBy('changed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ mode, reason, message, actor, changed_at }) => ({
    mode,
    reason,
    message,
    actor,
    changedAt: changed_at as Date,
  }))
}

/** The mode, with who set it and when; undefined before the first start has set it. */
export async function findMode(
  database: Kysely<PolicyTables>,
): Promise<(SetHead & Partial<ModeChange>) | undefined> {
  const [head, [last]] = await Promise.all([findSetHead(database), modeHistory(database, 1)])
  return head && { ...last, ...head }
}
