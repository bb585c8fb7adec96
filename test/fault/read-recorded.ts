import { sql } from 'kysely'
import type { World } from './world.ts'

const positions = new WeakMap<World, number>()
const pageSize = 500

/** Reads into the ledger what has come to Postgres since the last time. */
export async function readRecorded(world: World): Promise<void> {
  for (;;) {
    const after = positions.get(world) ?? 0
    const { rows } = await sql<{ position: number; event: string }>`
      select position, event from audit.events where position > ${after} order by position limit ${sql.lit(pageSize)}`.execute(
      world.database,
    )
    for (const { position, event } of rows) {
      world.ledger.add(event)
      positions.set(world, position)
    }
    if (rows.length < pageSize) break
  }
  world.ledger.complete()
}
