import { appendControlEvent, type Bus } from '@airs-cp/bus'
import { type EventBuried, eventTypes, ingressOfSubject, sha256Hex, uuidFrom } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import { z } from 'zod'
import { findEvent } from '../find-events.ts'
import type { AuditTables } from '../tables.ts'
import { mayBeOf } from './journal-owners.ts'

/** As much of an event as must be readable to know its place. */
const placedSchema = z.object({
  id: z.string().max(128),
  journal: z.string().max(128),
  sequence: z.int().positive(),
})

const pageSize = 100

/**
 * Records for each dead letter of the traffic stream whose place in a journal is known, that the place will stay empty, so
 * that its ingress does not keep the journal for ever. A place beyond the next one that can come is left alone until
 * its turn, and so is one that another event holds, or that is in a journal of another ingress than published it.
 * @param done ids of dead letters that need no further look; it is added to.
 */
export async function accountForBuried(
  { bus, database, source }: { bus: Bus; database: Kysely<AuditTables>; source: string },
  done: Set<number>,
): Promise<void> {
  const letters = await sql<{ id: number; subject: string; payload: Buffer; error: string }>`
    select id, subject, payload, error from audit.dead_letters
    where projection = 'audit-traffic' and replayed_at is null and id <> all(${[...done]}::bigint[])
    order by id limit ${pageSize}`.execute(database)
  for (const { id, subject, payload, error } of letters.rows) {
    const place = readPlace(payload)
    if (
      !place ||
      !(await mayBeOf(database, ingressOfSubject(subject), place.journal)) ||
      (await isAccountedFor(database, place))
    )
      done.add(id)
    else if (await isNext(database, place)) {
      const { journal, sequence } = place
      const data: EventBuried = {
        journal,
        sequence,
        event: place.id,
        sha256: sha256Hex(payload),
        error: error.slice(0, 1_000),
      }
      const eventId = idOf(place)
      await appendControlEvent(bus, source, eventTypes.eventBuried, data, { id: eventId })
      done.add(id)
    }
  }
}

type Place = z.infer<typeof placedSchema>

function readPlace(payload: Buffer): Place | undefined {
  try {
    return placedSchema.safeParse(JSON.parse(payload.toString('utf8'))).data
  } catch {
    return undefined
  }
}

function idOf({ journal, sequence }: Place): string {
  return uuidFrom('event-buried', journal, String(sequence))
}

async function isAccountedFor(database: Kysely<AuditTables>, place: Place): Promise<boolean> {
  if ((await findEvent(database, idOf(place))) !== undefined) return true
  const row = await database
    .selectFrom('audit.events')
    .select('id')
    .where('journal', '=', place.journal)
    .where('sequence', '=', place.sequence)
    .executeTakeFirst()
  return row !== undefined
}

async function isNext(database: Kysely<AuditTables>, { journal, sequence }: Place): Promise<boolean> {
  const row = await database
    .selectFrom('audit.journals')
    .select('seen')
    .where('journal', '=', journal)
    .executeTakeFirst()
  return sequence <= (row?.seen ?? 0) + 1
}
