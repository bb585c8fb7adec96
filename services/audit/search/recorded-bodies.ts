import {
  type AnyEvent,
  type EventByType,
  type eventTypes,
  loadContents,
  openingTypes,
  outcomeTypes,
  parseEventIfAny,
  type RecordedBody,
  referencesIn,
} from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'

/** The events that open and end an exchange, as far as they are here. */
export type ExchangeEvents = { opening?: AnyEvent; outcome?: AnyEvent }

/** A real outcome is preferred to an abandonment. An event that cannot be read is passed over. */
export async function readExchanges(
  database: Kysely<AuditTables>,
  exchanges: readonly string[],
): Promise<Map<string, ExchangeEvents>> {
  const { rows } = await sql<{ exchange: string; type: string; event: string }>`
    select exchange, type, event from audit.events
    where exchange = any(${exchanges}::text[]) and type = any(${[...openingTypes, ...outcomeTypes]}::text[])
    order by type desc`.execute(database)
  const found = new Map<string, ExchangeEvents>()
  for (const { exchange, type, event } of rows) {
    const parsed = parseEventIfAny(event)
    if (!parsed) continue
    const events = found.get(exchange) ?? {}
    found.set(exchange, events)
    if ((openingTypes as readonly string[]).includes(type)) events.opening = parsed
    else events.outcome ??= parsed
  }
  return found
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
  const { forwarded } = (events.opening?.data ?? {}) as { forwarded?: { body?: RecordedBody } }
  return [...Object.values(bodiesOf(events)), ...(forwarded?.body ? [forwarded.body] : [])]
}

export type Contents = ReadonlyMap<string, Buffer>

/** The pieces that bodies refer to, as far as they are here. */
export async function readContents(
  database: Kysely<AuditTables>,
  bodies: readonly RecordedBody[],
): Promise<Contents> {
  const digests = bodies.flatMap(({ parts }) => referencesIn(parts))
  return loadContents(digests, async (some) => {
    const { rows } = await sql<{ sha256: string; event: string }>`
      select sha256, event from audit.contents c join audit.events e on e.id = c.event_id
      where sha256 = any(${some}::text[])`.execute(database)
    return rows.flatMap(({ sha256, event }) => {
      const parsed = parseEventIfAny(event) as EventByType<typeof eventTypes.contentRecorded> | undefined
      return parsed ? [[sha256, parsed.data] as const] : []
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
