import { parseEventIfAny } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import { indexChanges } from '../changes/index-changes.ts'
import type { AuditTables } from '../tables.ts'
import { indexExchanges } from './index-exchanges.ts'

const batchSize = 500

/**
 * Makes events searchable that were recorded before there was a search.
 * @returns whether there are more.
 */
export async function backfillSearch(database: Kysely<AuditTables>): Promise<boolean> {
  return database.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ position: number; event: string; imported: boolean }>`
      select e.position, e.event, exists (select from audit.imported_events i where i.event_id = e.id) as imported
      from audit.search_backfill b join audit.events e
        on e.position > b.position and e.position <= b.until_position
      order by e.position limit ${batchSize}`.execute(transaction)
    if (rows.length === 0) {
      await sql`delete from audit.search_backfill`.execute(transaction)
      return false
    }
    const events = rows.flatMap(({ event }) => parseEventIfAny(event) ?? [])
    await indexExchanges(transaction, events)
    const own = rows.filter(({ imported }) => !imported)
    await indexChanges(
      transaction,
      own.flatMap(({ event }) => parseEventIfAny(event) ?? []),
    )
    await sql`update audit.search_backfill set position = ${rows.at(-1)!.position}`.execute(transaction)
    return true
  })
}
