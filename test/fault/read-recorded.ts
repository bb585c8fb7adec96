import type { Database } from '@airs-cp/postgres'
import { sql } from 'kysely'
import type { Ledger } from './ledger.ts'

const positions = new WeakMap<Ledger, number>()
const pageSize = 500

/**
 * Reads into the ledger what has come to Postgres since the last time. Positions are given out before they are committed, so
 * it reads up to a position that no transaction under way can still fill: the lock waits for these.
 */
export async function readRecorded({
  database,
  ledger,
}: {
  database: Database<unknown>
  ledger: Ledger
}): Promise<void> {
  const until = await database.transaction().execute(async (transaction) => {
    await sql`lock table audit.events in share mode`.execute(transaction)
    const { rows } = await sql<{ position: number }>`
      select coalesce(max(position), 0) as position from audit.events`.execute(transaction)
    return rows[0]!.position
  })
  for (;;) {
    const after = positions.get(ledger) ?? 0
    const { rows } = await sql<{ position: number; event: string }>`
      select position, event from audit.events where position > ${after} and position <= ${until}
      order by position limit ${sql.lit(pageSize)}`.execute(database)
    for (const { position, event } of rows) {
      ledger.add(event)
      positions.set(ledger, position)
    }
    if (rows.length < pageSize) break
  }
  ledger.complete()
}
