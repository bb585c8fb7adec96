import type { AnyEvent } from '@airs-cp/events'
import type { Transaction } from 'kysely'
import type { AuditTables } from '../tables.ts'
import { changeOf } from './change-of.ts'

export async function indexChanges(
  transaction: Transaction<AuditTables>,
  events: readonly AnyEvent[],
): Promise<void> {
  const changes = events.flatMap((event) => {
    const change = changeOf(event)
    return change ? [{ event_id: event.id, time: event.time, ...change }] : []
  })
  if (changes.length === 0) return
  await transaction
    .insertInto('audit.changes')
    .values(changes)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
