import { type Kysely, sql } from 'kysely'
import { noteLateContents } from '../search/index-words.ts'
import type { AuditTables } from '../tables.ts'
import { holdOffStoring } from './erasures.ts'

/**
 * Finds pieces of content again that somebody recorded anew while they were erased: where the bytes of a digest stand was known then,
 * and has gone since. Waits for everybody who stored events at that time.
 */
export async function findAgain(database: Kysely<AuditTables>, gone: readonly string[]): Promise<void> {
  if (gone.length === 0) return
  await database.transaction().execute(async (transaction) => {
    await holdOffStoring(transaction)
    const { rows } = await sql<{ sha256: string }>`
      insert into audit.contents (sha256, event_id)
      select distinct on (sha256) sha256, event_id from audit.content_uses
      where holds and sha256 = any(${gone}::text[]) order by sha256, event_id
      on conflict do nothing returning sha256`.execute(transaction)
    if (rows.length > 0)
      await noteLateContents(
        transaction,
        rows.map(({ sha256 }) => sha256),
      )
  })
}
