import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { ProjectionTables } from './projection-tables.ts'

/**
 * @param committed wakes it: another process may apply the event as well, so that the database has the last word.
 * @throws when the event is not applied within `timeoutMs`.
 */
export async function waitForApplied(
  database: Kysely<ProjectionTables>,
  schema: string,
  eventId: string,
  timeoutMs: number,
  committed: Promise<void>,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  let isCommitted = false
  void committed.then(() => {
    isCommitted = true
  })
  for (;;) {
    const row = await database
      .withSchema(schema)
      .selectFrom('applied_events')
      .select('event_id')
      .where('event_id', '=', eventId)
      .executeTakeFirst()
    if (row) return
    if (performance.now() > deadline)
      throw new Error(`Event ${eventId} was recorded, but is not applied after ${timeoutMs} ms; it will be`)
    // Committed and not applied is what a dead letter is.
    await (isCommitted ? sleep(15) : Promise.race([committed, sleep(15)]))
  }
}
