import { firstIdAt, streams } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'

const like = ({ subjects }: { subjects: readonly string[] }) =>
  subjects.map((subject) => subject.replace('>', '%'))
const [traffic, imported] = [like(streams.traffic), like(streams.imported)]

/**
 * Deletes dead letters of a schema whose events retention has taken from the event store, or would have taken if they could be stored: by
 * when they failed last, and those of traffic also by when their events were made, as their ids say. What they hold need not be readable.
 * Those of the control plane stay.
 * @returns how many.
 */
export async function expireDeadLetters<Tables>(database: Kysely<Tables>, schema: string): Promise<number> {
  const { rows } = await sql<{ requested: Date | null; recorded: Date | null }>`
    select requested, recorded from audit.retained_since`.execute(database)
  const [requested, recorded] = [rows[0]?.requested ?? null, rows[0]?.recorded ?? null]
  if (requested === null && recorded === null) return 0
  const { numAffectedRows = 0n } = await sql`delete from ${sql.id(schema, 'dead_letters')}
    where subject like any(${[...traffic, ...imported]}::text[]) and (
      failed_at < greatest(${requested}::timestamptz, ${recorded}::timestamptz)
      or subject like any(${traffic}::text[]) and event_id ~ ${uuidv7Start} and event_id < ${firstIdAt(new Date(requested ?? 0))})`.execute(
    database,
  )
  return Number(numAffectedRows)
}

const uuidv7Start = '^[0-9a-f]{8}-[0-9a-f]{4}-7'
