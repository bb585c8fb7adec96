import { appendControlEvent, type Bus } from '@airs-cp/bus'
import { type EventBuried, eventTypes, ingressOfSubject, sha256Hex, uuidFrom } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import { z } from 'zod'
import { findEvent } from '../find-events.ts'
import type { AuditTables } from '../tables.ts'
import { mayBeOf } from './journal-owners.ts'
import { journalProgress } from './journals.ts'

/** As much of an event as must be readable to know its place. */
const placedSchema = z.object({
  id: z.string().max(128),
  journal: z.string().max(128),
  sequence: z.int().positive(),
})

const pageSize = 100

type Buried = { place: Place; ingress: string | undefined; sha256: string; error: string }

/**
 * Records for each dead letter of the traffic stream whose place in a journal is known, that the place will stay empty, so
 * that its ingress does not keep the journal for ever. A place beyond the next one that can come is left alone until
 * its turn, and so is one that another event holds, or that is in a journal of another ingress than published it.
 * @returns what does so for those that came since the last call and those that wait for their turn. Each is read once.
 */
export function createAccounting({
  bus,
  database,
  source,
}: {
  bus: Bus
  database: Kysely<AuditTables>
  source: string
}): () => Promise<void> {
  const waiting = new Map<number, Buried>()
  let last = 0

  async function readNew(): Promise<number> {
    const { rows } = await sql<{ id: number; subject: string; payload: Buffer; error: string }>`
      select id, subject, payload, error from audit.dead_letters
      where projection = 'audit-traffic' and replayed_at is null and id > ${last}
      order by id limit ${pageSize}`.execute(database)
    for (const { id, subject, payload, error } of rows) {
      const place = readPlace(payload)
      const ingress = ingressOfSubject(subject)
      if (place) waiting.set(id, { place, ingress, sha256: sha256Hex(payload), error: error.slice(0, 1_000) })
      last = id
    }
    return rows.length
  }

  return async () => {
    while ((await readNew()) === pageSize);
    if (waiting.size === 0) return
    const journals = new Set([...waiting.values()].map(({ place }) => place.journal))
    const progress = await journalProgress(database, [...journals])
    for (const [id, { place, ingress, sha256, error }] of waiting) {
      const { journal, sequence, id: event } = place
      if (sequence > (progress.get(journal)?.seen ?? 0) + 1) continue
      if ((await mayBeOf(database, ingress, journal)) && !(await isAccountedFor(database, place))) {
        const data: EventBuried = { journal, sequence, event, sha256, error }
        await appendControlEvent(bus, source, eventTypes.eventBuried, data, { id: idOf(place) })
      }
      waiting.delete(id)
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
