import {
  type AnyEvent,
  contentBytes,
  eventTypes,
  parseEventIfAny,
  type RecordedBody,
  referencesIn,
  sha256Hex,
} from '@airs-cp/events'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { AuditTables } from '../tables.ts'

export type ContentUse = {
  sha256: string
  event_id: string
  exchange: string
  holds: boolean
  /** The piece that is made of it; null where a body of the exchange is. */
  within: string | null
}

/**
 * Which pieces of content an event records or refers to. One that says another digest than its bytes have records none; the digest of
 * one that is made of others is looked at where it is read.
 */
export function contentUses(event: AnyEvent): ContentUse[] {
  const { id: event_id, exchange } = event
  if (exchange === undefined || event.facts !== undefined) return []
  if (event.type === eventTypes.contentRecorded) {
    const { sha256 } = event.data
    const { parts } = event.data
    const isGenuine = parts !== undefined || sha256Hex(contentBytes(event.data)) === sha256
    if (!isGenuine) return []
    const inner = referencesIn(parts).filter((one) => one !== sha256)
    return [
      { sha256, event_id, exchange, holds: true, within: null },
      ...inner.map((one) => ({ sha256: one, event_id, exchange, holds: false, within: sha256 })),
    ]
  }
  return [...referencesOf(event)].map((sha256) => ({
    sha256,
    event_id,
    exchange,
    holds: false,
    within: null,
  }))
}

type Bodies = {
  request?: { body?: RecordedBody }
  body?: RecordedBody
  whole?: RecordedBody
  forwarded?: { body: RecordedBody }
  delivered?: { body: RecordedBody }
}

function referencesOf({ data }: AnyEvent): Set<string> {
  const { request, body, whole, forwarded, delivered } = data as Bodies
  const digests = new Set<string>()
  for (const one of [request?.body, body, whole, forwarded?.body, delivered?.body])
    for (const sha256 of referencesIn(one?.parts)) digests.add(sha256)
  return digests
}

export async function noteContentUses(
  transaction: Transaction<AuditTables>,
  events: readonly AnyEvent[],
): Promise<void> {
  const uses = events.flatMap(contentUses)
  if (uses.length === 0) return
  await sql`insert into audit.content_uses (sha256, event_id, exchange, holds, within)
    select * from unnest(${uses.map(({ sha256 }) => sha256)}::text[], ${uses.map(({ event_id }) => event_id)}::uuid[],
      ${uses.map(({ exchange }) => exchange)}::text[], ${uses.map(({ holds }) => holds)}::boolean[],
      ${uses.map(({ within }) => within)}::text[])`.execute(transaction)
}

/** Version 0.1 stored pieces that are made of others, and did not find them again. */
async function findPiecesOfPieces(
  transaction: Transaction<AuditTables>,
  events: readonly AnyEvent[],
): Promise<void> {
  const pieces = events.flatMap(({ id, type, data }) =>
    type === eventTypes.contentRecorded && data.parts ? [{ sha256: data.sha256, event_id: id }] : [],
  )
  if (pieces.length === 0) return
  await transaction
    .insertInto('audit.contents')
    .values(pieces)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

const pageEvents = 200

/**
 * Notes the uses of content of events that were recorded before they were noted.
 * @returns whether there are more.
 */
export async function backfillContentUses(database: Kysely<AuditTables>): Promise<boolean> {
  return database.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ position: number; event: string | null }>`
      select e.position, case when e.type = ${eventTypes.contentRecorded} or strpos(e.event, '"parts":[') > 0 then e.event end as event
      from audit.content_backfill b join audit.events e
        on e.position > b.position and e.position <= b.until_position
      order by e.position limit ${pageEvents}`.execute(transaction)
    const last = rows.at(-1)
    if (!last) {
      await sql`delete from audit.content_backfill`.execute(transaction)
      return false
    }
    const events = rows.flatMap(({ event }) => (event === null ? [] : (parseEventIfAny(event) ?? [])))
    await noteContentUses(transaction, events)
    await findPiecesOfPieces(transaction, events)
    await sql`update audit.content_backfill set position = ${last.position}`.execute(transaction)
    return true
  })
}
