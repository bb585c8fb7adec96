import { appendControlEvent, type Bus } from '@airs-cp/bus'
import { eventTypes, firstIdAt, uuidFrom } from '@airs-cp/events'
import { type RepeatedWork, repeat } from '@airs-cp/runtime'
import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'

const actor = 'retention'
const dayMs = 24 * 3_600_000
const everyMs = 60_000

/** Has the content of exchanges erased that were requested so many days ago: by day (UTC), each day once. */
export function retainContent({
  bus,
  database,
  contentDays,
  onProblem,
  onRecovery,
}: {
  bus: Bus
  database: Kysely<AuditTables>
  /** Undefined: for ever. */
  contentDays: () => Promise<number | undefined>
  onProblem: (error: unknown) => void
  onRecovery: () => void
}): RepeatedWork {
  return repeat({
    everyMs,
    async work() {
      const days = await contentDays()
      if (days === undefined) return
      const until = lastDayOver(days)
      const from = await erasedUntil(database)
      if (from !== undefined && from >= until) return
      if (!(await hasExchanges(database, from, until))) return
      const id = uuidFrom('erasure-requested', actor, until.toISOString(), String(days))
      const selection = {
        ...(from && { from: from.toISOString() }),
        until: until.toISOString(),
      }
      await appendControlEvent(
        bus,
        '/airs/audit',
        eventTypes.erasureRequested,
        {
          ...{ erasureId: id, selection, before: until.toISOString(), actor },
          reason: `Content is kept for ${days} days`,
        },
        { id },
      )
    },
    onProblem,
    onRecovery,
  })
}

/** The first instant of the day that was so many days ago. */
export function lastDayOver(days: number, now = Date.now()): Date {
  return new Date(Math.floor(now / dayMs - days) * dayMs)
}

async function erasedUntil(database: Kysely<AuditTables>): Promise<Date | undefined> {
  const row = await database
    .selectFrom('audit.erasures')
    .select('before')
    .where('actor', '=', actor)
    // Whoever asks for an erasure may have that name; only these have one id for both.
    .whereRef('id', '=', 'event_id')
    .orderBy('before', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && new Date(row.before)
}

async function hasExchanges(
  database: Kysely<AuditTables>,
  from: Date | undefined,
  until: Date,
): Promise<boolean> {
  const { rows } = await sql`select 1 from audit.exchanges
    where exchange >= ${firstIdAt(from ?? new Date(0))}::uuid and exchange < ${firstIdAt(until)}::uuid limit 1`.execute(
    database,
  )
  return rows.length > 0
}
