import type { Database } from '@airs-cp/postgres'
import { sql } from 'kysely'

/** Dead letters of every service that were not replayed: how many, and a sentence for the first of each service. */
export async function findDeadLetters(
  database: Database<unknown>,
): Promise<{ count: number; problems: string[] }> {
  let count = 0
  const problems: string[] = []
  for (const schema of ['audit', 'lineage', 'policy', 'export']) {
    const { rows } = await sql<{ projection: string; event_id: string; error: string }>`
      select projection, event_id, error from ${sql.id(schema, 'dead_letters')} where replayed_at is null`.execute(
      database,
    )
    count += rows.length
    for (const { projection, event_id, error } of rows.slice(0, 3))
      problems.push(`${projection} buried event ${event_id}: ${error.slice(0, 200)}`)
  }
  return { count, problems }
}
