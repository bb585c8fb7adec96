import { type AnyEvent, eventTypes } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'

/** The id that an event is published with when it is imported: it says with which import. */
export function importedMessageId(importId: string, eventId: string): string {
  return `${importId}.${eventId}`
}

/** The import that a message belongs to; undefined for a message of something else. */
export function importOf(messageId: string | undefined, eventId: string): string | undefined {
  const [importId, id, ...more] = messageId?.split('.') ?? []
  return id === eventId && more.length === 0 ? importId : undefined
}

/** Which of these imports were begun. */
export async function begunImports(database: Kysely<AuditTables>, imports: string[]): Promise<Set<string>> {
  if (imports.length === 0) return new Set()
  const rows = await database
    .selectFrom('audit.events')
    .select('id')
    .where('id', 'in', imports)
    .where('type', '=', eventTypes.importBegun)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

/** How many events came with an import. */
export async function countImported(database: Kysely<AuditTables>, importId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from audit.imported_events where import_id = ${importId}`.execute(database)
  return rows[0]!.count
}

/**
 * A place of a journal that an ingress of ours writes now, and may still fill itself: one beyond what was seen of it, or one
 * that has not been missing for long enough to be a gap. Whoever imports an event there would keep the real one out.
 */
export async function findLivePlace(
  database: Kysely<AuditTables>,
  events: AnyEvent[],
): Promise<{ journal: string; sequence: number } | undefined> {
  const placed = events.filter(({ journal }) => journal !== undefined)
  if (placed.length === 0) return undefined
  const { rows } = await sql<{ journal: string; sequence: number }>`
    select p.journal, p.sequence
    from unnest(${placed.map(({ journal }) => journal)}::text[], ${placed.map(({ sequence }) => sequence)}::bigint[])
        p (journal, sequence)
      join audit.journals j on j.journal = p.journal
    where j.updated_at > now() - interval '1 day' and p.sequence > j.committed and not exists (
      select from audit.gaps g
      where g.journal = p.journal and p.sequence between g.from_sequence and g.to_sequence)
    limit 1`.execute(database)
  return rows[0]
}
