import { type AnyEvent, eventTypes } from '@airs-cp/events'
import type { Kysely, Transaction } from 'kysely'
import type { AuditTables } from '../tables.ts'

/** For how many days each class is kept; undefined: for ever. */
export type Retention = { contentDays: number | undefined; metadataDays: number | undefined }

export type CurrentRetention = Retention & {
  /** Who said so; undefined where it is as configured. */
  setBy: { actor: string; reason: string; at: Date } | undefined
}

export async function noteRetention(
  transaction: Transaction<AuditTables>,
  events: readonly AnyEvent[],
): Promise<void> {
  for (const { id: event_id, type, time, data } of events) {
    if (type !== eventTypes.retentionChanged) continue
    const { contentDays: content_days, metadataDays: metadata_days, reason, actor } = data
    await transaction
      .insertInto('audit.retention_rules')
      .values({ event_id, content_days, metadata_days, reason, actor, set_at: time })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** What holds now: what was said last, or else what is configured. */
export async function findRetention(
  database: Kysely<AuditTables>,
  configured: Retention,
): Promise<CurrentRetention> {
  const rule = await database
    .selectFrom('audit.retention_rules')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!rule) return { ...configured, setBy: undefined }
  const { content_days, metadata_days, actor, reason, set_at } = rule
  return {
    contentDays: content_days ?? undefined,
    metadataDays: metadata_days ?? undefined,
    setBy: { actor, reason, at: new Date(set_at) },
  }
}
