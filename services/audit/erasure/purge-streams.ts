import { type Bus, type ErasedMessages, eraseMessages } from '@airs-cp/bus'
import { factsFormat, isUuid, partitionCount, partitionOf, streams } from '@airs-cp/events'
import { type Kysely, sql } from 'kysely'
import type { AuditTables } from '../tables.ts'
import type { Erasure } from './erasures.ts'

/** Clocks of ingresses and of NATS may differ. */
const marginMs = 3_600_000
const mostFilters = 64
const factsStart = `{"facts":"${factsFormat}"`

/** Erases the messages of the streams whose events are erased in the event store. */
export async function purgeStreams(
  { bus, database }: { bus: Bus; database: Kysely<AuditTables> },
  { id, first_time, purges_all }: Pick<Erasure, 'id' | 'first_time' | 'purges_all'>,
): Promise<ErasedMessages> {
  if (first_time === null) return { erased: 0, waitsFor: [] }
  const places = purges_all ? undefined : await placesOf(database, id)
  const select = (ids: string[]) => erasedMessages(database, ids)
  const traffic = await eraseMessages(bus, {
    stream: streams.traffic,
    consumer: 'audit-erasure',
    filters: filtersOf('airs.traffic', places),
    since: new Date(new Date(first_time).getTime() - marginMs),
    select,
  })
  const imported = await eraseMessages(bus, {
    stream: streams.imported,
    consumer: 'audit-erasure',
    filters: filtersOf('airs.imported', places),
    since: new Date(0),
    select,
  })
  return {
    erased: traffic.erased + imported.erased,
    waitsFor: [...traffic.waitsFor, ...imported.waitsFor],
  }
}

type Place = { tenant: string; session: string | null }

async function placesOf(database: Kysely<AuditTables>, erasure: string): Promise<Place[]> {
  const { rows } = await sql<Place>`select distinct tenant, session from audit.events
    where exchange in (select exchange from audit.erased_exchanges where erasure = ${erasure})`.execute(
    database,
  )
  return rows
}

function filtersOf(prefix: string, places: Place[] | undefined): string[] {
  if (!places) return [`${prefix}.>`]
  const filters = new Set(
    places.map(({ tenant, session }) => `${prefix}.${tenant}.${partitionOf(session ?? '')}.>`),
  )
  const tenants = new Set(places.map(({ tenant }) => tenant))
  const isMost = filters.size > Math.min(mostFilters, tenants.size * (partitionCount / 2))
  return isMost ? [`${prefix}.>`] : [...filters]
}

/** Messages are published with the id of their event, with an import's before it or a number behind it. */
async function erasedMessages(database: Kysely<AuditTables>, messages: string[]): Promise<Set<string>> {
  const eventOf = new Map(messages.map((message) => [message, eventIdIn(message)]))
  const ids = [...new Set(eventOf.values())].filter((id) => id !== undefined)
  const { rows } = await sql<{ id: string }>`select id from audit.events
    where id = any(${ids}::uuid[]) and left(event, ${factsStart.length}) = ${factsStart}`.execute(database)
  const erased = new Set(rows.map(({ id }) => id))
  return new Set(messages.filter((message) => erased.has(eventOf.get(message) ?? '')))
}

function eventIdIn(message: string): string | undefined {
  const [number] = /-\d{1,10}$/.exec(message.slice(-11)) ?? []
  const ends = [message.length, message.length - (number?.length ?? 0)]
  return ends.map((end) => message.slice(Math.max(0, end - 36), end)).find(isUuid)
}
