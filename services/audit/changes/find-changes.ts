import { parseEventIfAny } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'

export type ChangeQuery = {
  from?: Date | undefined
  until?: Date | undefined
  kind?: string | undefined
  subject?: string | undefined
  actor?: string | undefined
  limit: number
  /** Number of the last change of the page before. */
  after?: number | undefined
}

type Found = {
  number: number
  event_id: string
  type: string
  time: Date
  kind: string
  subject: string
  actor: string
  event: string
  before: string | null
}

/** A page of changes by their time, newest first, each with what the change of the same thing before it said. */
export async function findChanges(database: Kysely<AuditTables>, query: ChangeQuery) {
  let page = database
    .selectFrom('audit.changes as c')
    .selectAll('c')
    .orderBy('c.time', 'desc')
    .orderBy('c.number', 'desc')
    .limit(query.limit)
  if (query.from) page = page.where('c.time', '>=', query.from)
  if (query.until) page = page.where('c.time', '<', query.until)
  if (query.kind !== undefined) page = page.where('c.kind', '=', query.kind)
  if (query.subject !== undefined) page = page.where('c.subject', '=', query.subject)
  if (query.actor !== undefined) page = page.where('c.actor', '=', query.actor)
  if (query.after !== undefined)
    page = page.where(
      sql<boolean>`(c.time, c.number) < (select time, number from audit.changes where number = ${query.after})`,
    )
  const { rows } = await sql<Found>`
    select c.*, e.type, e.event, (
      select earlier.event from audit.changes b join audit.events earlier on earlier.id = b.event_id
      where b.kind = c.kind and b.subject = c.subject and (b.time, b.number) < (c.time, c.number)
      order by b.time desc, b.number desc limit 1) as before
    from (${page}) c join audit.events e on e.id = c.event_id
    order by c.time desc, c.number desc`.execute(database)
  const last = rows.length === query.limit ? rows.at(-1)! : undefined
  return {
    changes: rows.map((row) => {
      const after = dataOf(row.event) ?? {}
      return {
        event: row.event_id,
        type: row.type,
        time: row.time,
        kind: row.kind,
        subject: row.subject,
        actor: row.actor,
        reason: typeof after.reason === 'string' && after.reason !== '' ? after.reason : null,
        after,
        before: row.before === null ? null : dataOf(row.before),
      }
    }),
    next: last ? last.number : null,
  }
}

/** Without what a key is recognised by, which is of no use to people. */
function dataOf(event: string): Record<string, unknown> | null {
  const parsed = parseEventIfAny(event)
  if (!parsed) return null
  const { match: _, ...data } = parsed.data as Record<string, unknown>
  return data
}
