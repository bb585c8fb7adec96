import type { Delivery } from '@airs-cp/bus'
import { type AnyEvent, outcomeTypes } from '@airs-cp/events'
import { sql, type Transaction } from 'kysely'
import { eraseLatecomers, holdOffSelection } from '../erasure/erasures.ts'
import { advanceJournals } from '../journals/journals.ts'
import { indexExchanges } from '../search/index-exchanges.ts'
import { indexContents, insertEvents, refuseImpostors } from '../store-events.ts'
import type { AuditTables } from '../tables.ts'
import { begunImports, findLivePlace, importOf } from './import-origin.ts'

const outcomes: ReadonlySet<string> = new Set(outcomeTypes)

/**
 * Stores events of another instance as they are. Nobody here waits for what is missing in journals of elsewhere, nor closes
 * exchanges that were left open there. But where they are of a journal that an ingress of ours ships, they fill its gaps, and
 * where they have the outcome of an exchange that is open here, it is no longer.
 */
export async function storeImportedEvents(
  transaction: Transaction<AuditTables>,
  deliveries: Delivery[],
): Promise<void> {
  await refuseUnbegun(transaction, deliveries)
  const place = await findLivePlace(
    transaction,
    deliveries.map(({ event }) => event),
  )
  if (place) throw new Error(`Place ${place.sequence} of journal ${place.journal} is its ingress's to fill`)
  await holdOffSelection(transaction)
  const stored = await insertEvents(transaction, deliveries)
  const fresh = deliveries.filter(({ event }) => stored.has(event.id))
  if (fresh.length < deliveries.length) await refuseImpostors(transaction, deliveries, stored)
  await noteOrigin(transaction, fresh)
  const events = fresh.map(({ event }) => event)
  await indexContents(transaction, events)
  await indexExchanges(transaction, events)
  await eraseLatecomers(transaction, events)
  await closeExchanges(transaction, events)
  await advanceJournals(transaction, await ofOurJournals(transaction, events))
}

/** Only the control API imports, and it has recorded who does before the first event comes. */
async function refuseUnbegun(transaction: Transaction<AuditTables>, deliveries: Delivery[]): Promise<void> {
  const imports = new Set(deliveries.map(({ event, messageId }) => importOf(messageId, event.id)))
  const begun = await begunImports(
    transaction,
    [...imports].filter((id) => id !== undefined),
  )
  for (const id of imports)
    if (id === undefined || !begun.has(id))
      throw new Error(
        'An event came under the subject of imports without an import that was begun; import it again',
      )
}

async function noteOrigin(transaction: Transaction<AuditTables>, deliveries: Delivery[]): Promise<void> {
  if (deliveries.length === 0) return
  await transaction
    .insertInto('audit.imported_events')
    .values(
      deliveries.map(({ event, messageId }) => ({
        event_id: event.id,
        import_id: importOf(messageId, event.id)!,
      })),
    )
    .execute()
}

async function closeExchanges(transaction: Transaction<AuditTables>, events: AnyEvent[]): Promise<void> {
  const ended = events.filter(({ type }) => outcomes.has(type)).map(({ exchange }) => exchange!)
  if (ended.length > 0)
    await sql`delete from audit.open_exchanges where exchange = any(${ended}::text[])`.execute(transaction)
}

async function ofOurJournals(transaction: Transaction<AuditTables>, events: AnyEvent[]): Promise<AnyEvent[]> {
  const named = [...new Set(events.flatMap(({ journal }) => journal ?? []))]
  if (named.length === 0) return []
  const rows = await transaction
    .selectFrom('audit.journals')
    .select('journal')
    .where('journal', 'in', named)
    .execute()
  const ours = new Set(rows.map(({ journal }) => journal))
  return events.filter(({ journal }) => journal !== undefined && ours.has(journal))
}
