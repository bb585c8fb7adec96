import { parseEvent } from '@airs-cp/events'
import type { Database } from '@airs-cp/postgres'
import { Frontier } from '@airs-cp/transparency-log'
import type { Transaction } from 'kysely'
import { integrateBatch } from '../../services/audit/log/integrate.ts'
import { storeEvents } from '../../services/audit/store-events.ts'
import type { AuditTables } from '../../services/audit/tables.ts'

/** An event as the bus delivers it. */
type Event = { json: string }

/** Stores events as the audit service does, in the caller's transaction. */
export function storeWithin(transaction: Transaction<AuditTables>, events: readonly Event[]): Promise<void> {
  return storeEvents(
    transaction,
    events.map(({ json }) => ({ event: parseEvent(json), json })),
  )
}

/** The same, in a transaction of its own. */
export function storeRecorded(database: Database<AuditTables>, events: readonly Event[]): Promise<void> {
  return database.transaction().execute((transaction) => storeWithin(transaction, events))
}

/** Begins a log without keys. `integrate` gives all that is stored its leaves; `frontier.size` is how many there are. */
export async function beginLog(database: Database<AuditTables>) {
  await database
    .insertInto('audit.logs')
    .values({ generation: 1, origin: 'test', predecessor: null })
    .execute()
  const frontier = new Frontier(0, [])
  return {
    frontier,
    integrate: () =>
      database.transaction().execute((transaction) => integrateBatch(transaction, 1, frontier)),
  }
}
