import { checkPlace, ingressOfSubject, parseEvent } from '@airs-cp/events'
import type { Kysely } from 'kysely'
import { applyBatch, type Item } from './apply-batch.ts'
import type { Projection } from './projection.ts'
import type { ProjectionTables } from './projection-tables.ts'

export type DeadLetter = {
  id: number
  projection: string
  eventId: string
  subject: string
  error: string
  failedAt: Date
  attempts: number
  replayedAt: Date | null
}

export type DeadLetters = {
  /** Those that wait, newest first; with `replayed`, those that were applied in the end too. */
  list(options: { replayed: boolean; limit: number }): Promise<DeadLetter[]>
  /** How many wait. */
  count(): Promise<number>
  /** Tries to apply one again. Undefined when it does not exist; `applied: false` reports why it failed again. */
  replay(id: number): Promise<{ applied: boolean; error?: string } | undefined>
}

/** The events that projections of one schema could not apply. */
export function createDeadLetters<Tables>(
  database: Kysely<Tables>,
  schema: string,
  projections: Projection<Tables>[],
): DeadLetters {
  const table = (database as unknown as Kysely<ProjectionTables>).withSchema(schema)
  return {
    async list({ replayed, limit }) {
      let query = table.selectFrom('dead_letters').selectAll().orderBy('id', 'desc').limit(limit)
      if (!replayed) query = query.where('replayed_at', 'is', null)
      const rows = await query.execute()
      return rows.map((row) => ({
        id: row.id,
        projection: row.projection,
        eventId: row.event_id,
        subject: row.subject,
        error: row.error,
        failedAt: row.failed_at,
        attempts: row.attempts,
        replayedAt: row.replayed_at,
      }))
    },
    async count() {
      const row = await table
        .selectFrom('dead_letters')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('replayed_at', 'is', null)
        .executeTakeFirstOrThrow()
      return row.count
    },
    async replay(id) {
      const row = await table.selectFrom('dead_letters').selectAll().where('id', '=', id).executeTakeFirst()
      const projection = projections.find(({ name }) => name === row?.projection)
      if (!row || !projection) return undefined
      const { buried } = await applyBatch(database, projection, [readItem(row)], { storesPosition: false })
      if (buried[0]) return { applied: false, error: String(buried[0].error) }
      await table.updateTable('dead_letters').set({ replayed_at: new Date() }).where('id', '=', id).execute()
      return { applied: true }
    },
  }
}

function readItem({ event_id: eventId, subject, payload }: ProjectionTables['dead_letters']): Item {
  const base = { eventId, subject, payload, streamSequence: 0, publishedAtMs: 0 }
  try {
    const json = payload.toString('utf8')
    const event = parseEvent(json)
    checkPlace(subject, event)
    return { ...base, kind: 'event', delivery: { event, json, ingress: ingressOfSubject(subject) } }
  } catch (reason) {
    return { ...base, kind: 'unreadable', reason }
  }
}
