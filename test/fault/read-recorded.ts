import type { Database } from '@airs-cp/postgres'
import { sql } from 'kysely'
import type { Ledger } from './ledger.ts'

const positions = new WeakMap<Ledger, number>()
const pageSize = 500

/** Reads into the ledger what has come to Postgres since the last time. */
export async function readRecorded({
  database,
  ledger,
}: {
  database: Database<unknown>
  ledger: Ledger
}): Promise<void> {
  for (;;) {
    const after = positions.get(ledger) ?? 0
    const { rows } = await sql<{ position: number; event: string }>`
      select position, event from audit.events where position > ${after} order by position limit ${sql.lit(pageSize)}`.execute(
      database,
    )
    for (const { position, event } of rows) {
      ledger.add(event)
      positions.set(ledger, position)
    }
    if (rows.length < pageSize) break
  }
  ledger.complete()
}
