import {
  type AnyEvent,
  type EventByType,
  type eventTypes,
  loadContents,
  openingTypes,
  outcomeTypes,
  parseEventIfAny,
  type RecentEvents,
  type RecordedBody,
  referencesIn,
} from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'

/** The events that open and end an exchange, as far as they are here. */
export type ExchangeEvents = { opening?: AnyEvent; outcome?: AnyEvent }

/**
 * A real outcome is preferred to an abandonment. An event that cannot be read is passed over.
 * @param recent events that need not be read again.
 */
export async function readExchanges(
  database: Kysely<AuditTables>,
  exchanges: readonly string[],
  recent?: RecentEvents,
): Promise<Map<string, ExchangeEvents>> {
  // One look into an index for each: for two hundred at once, Postgres reads the whole table as long as it has no statistics of it.
  const { rows } = await sql<{ exchange: string; type: string; id: string; isErased: boolean }>`
    select asked.exchange, e.type, e.id,
      exists (select from audit.erased_exchanges x where x.exchange = asked.exchange) as "isErased"
    from unnest(${exchanges}::text[]) asked (exchange), lateral (select e.type, e.id from audit.events e
      where e.exchange = asked.exchange and e.type = any(${[...openingTypes, ...outcomeTypes]}::text[]) offset 0) e
    order by e.type desc`.execute(database)
  const events = await readEvents(
    database,
    rows.map(({ id, isErased }) => ({ id, known: isErased ? undefined : recent?.get(id) })),
  )
  const found = new Map<string, ExchangeEvents>()
  for (const { exchange, type, id } of rows) {
    const event = events.get(id)
    if (!event) continue
    const ofExchange = found.get(exchange) ?? {}
    found.set(exchange, ofExchange)
    if ((openingTypes as readonly string[]).includes(type)) ofExchange.opening = event
    else ofExchange.outcome ??= event
  }
  return found
}

/** By their ids; those that cannot be read are left out. */
async function readEvents(
  database: Kysely<AuditTables>,
  wanted: readonly { id: string; known: AnyEvent | undefined }[],
): Promise<Map<string, AnyEvent>> {
  const events = new Map<string, AnyEvent>()
  for (const { id, known } of wanted) if (known) events.set(id, known)
  const missing = wanted.flatMap(({ id, known }) => (known ? [] : [id]))
  if (missing.length === 0) return events
  const { rows } = await sql<{ id: string; event: string }>`
    select id, event from audit.events where id = any(${missing}::uuid[])`.execute(database)
  for (const { id, event } of rows) {
    const parsed = parseEventIfAny(event)
    if (parsed) events.set(id, parsed)
  }
  return events
}

/** What the client sent, what the provider sent, and what the client got where that is something else. */
export type Bodies = { request?: RecordedBody; response?: RecordedBody; delivered?: RecordedBody }

export function bodiesOf({ opening, outcome }: ExchangeEvents): Bodies {
  const { request } = (opening?.data ?? {}) as { request?: { body?: RecordedBody } }
  const { body, delivered } = (outcome?.data ?? {}) as {
    body?: RecordedBody
    delivered?: { body: RecordedBody }
  }
  return {
    ...(request?.body && { request: request.body }),
    ...(body && { response: body }),
    ...(delivered && { delivered: delivered.body }),
  }
}

/** Those, and what the provider got where that is something else. */
export function everyBodyOf(events: ExchangeEvents): RecordedBody[] {
  const forwarded = [events.opening, events.outcome].flatMap((event) => {
    const { forwarded: got } = (event?.data ?? {}) as { forwarded?: { body?: RecordedBody } }
    return got?.body ? [got.body] : []
  })
  return [...Object.values(bodiesOf(events)), ...forwarded]
}

export type Contents = ReadonlyMap<string, Buffer>

/**
 * The pieces that bodies refer to, as far as they are here.
 * @param recent events that need not be read again.
 */
export async function readContents(
  database: Kysely<AuditTables>,
  bodies: readonly RecordedBody[],
  recent?: RecentEvents,
): Promise<Contents> {
  const digests = bodies.flatMap(({ parts }) => referencesIn(parts))
  return loadContents(digests, async (some) => {
    const { rows } = await sql<{ sha256: string; id: string }>`
      select sha256, event_id as id from audit.contents where sha256 = any(${some}::text[])`.execute(database)
    const events = await readEvents(
      database,
      rows.map(({ id }) => ({ id, known: recent?.get(id) })),
    )
    return rows.flatMap(({ sha256, id }) => {
      const event = events.get(id) as EventByType<typeof eventTypes.contentRecorded> | undefined
      return event ? [[sha256, event.data] as const] : []
    })
  })
}

/** The bytes of a body as far as they were recorded; undefined where a piece is missing, or nothing was kept. */
export function recordedBytes(body: RecordedBody, contents: Contents): Buffer | undefined {
  if (body.text !== undefined) return Buffer.from(body.text)
  if (body.base64 !== undefined) return Buffer.from(body.base64, 'base64')
  const parts = (body.parts ?? []).map((part) =>
    typeof part === 'string' ? Buffer.from(part) : contents.get(part.sha256),
  )
  return parts.length > 0 && parts.every((part) => part !== undefined) ? Buffer.concat(parts) : undefined
}
