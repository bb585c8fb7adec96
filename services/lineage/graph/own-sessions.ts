import { type AnyEvent, eventTypes, openingStates, outcomeStates, sha256Hex } from '@airs-cp/events'
import { insertedRows } from '@airs-cp/postgres'
import { sql, type Transaction } from 'kysely'
import type { LineageTables } from '../tables.ts'
import { sessionColumns } from './exchanges.ts'

type Database = Transaction<LineageTables>
type Owner = { tenant: string; caller: string; name: string }

/**
 * The events with the ids of their sessions in place of the names that clients gave them. Two callers may give the same
 * name, and each has a session of its own: the id of the first one's is the name, that of another one's has a digest of
 * its caller behind it.
 */
export async function ownSessions(database: Database, events: AnyEvent[]): Promise<AnyEvent[]> {
  const abandoned = await sessionsOf(database, events.filter(isAbandonment))
  const owned = events.filter(
    ({ type, session, exchange }) =>
      session !== undefined && (openingStates[type] || (outcomeStates[type] && !abandoned.has(exchange!))),
  )
  if (owned.length === 0 && abandoned.size === 0) return events
  const ids = await claim(database, owned)
  return events.map((event) => {
    if (event.session === undefined || event.exchange === undefined) return event
    const session = abandoned.get(event.exchange) ?? ids.get(keyOf(ownerOf(event)))
    return session === undefined || session === event.session ? event : { ...event, session }
  })
}

/** Nobody can foresee it for somebody else's credential, and take it as a name. */
function idOfSecond({ tenant, caller, name }: Owner): string {
  return `${name}~${sha256Hex(JSON.stringify([tenant, caller, name])).slice(0, 16)}`
}

async function claim(database: Database, events: AnyEvent[]): Promise<Map<string, string>> {
  if (events.length === 0) return new Map()
  const owners = new Map(events.map((event) => [keyOf(ownerOf(event)), ownerOf(event)]))
  const names = [...new Set([...owners.values()].map(({ name }) => name))].sort()
  // Inserted first, so that of two processes one waits for the other and then sees whose the name is.
  const firsts = new Map<string, AnyEvent>()
  for (const event of events) if (!firsts.has(event.session!)) firsts.set(event.session!, event)
  const claims = names.map((name) => {
    const { tenant, caller } = ownerOf(firsts.get(name)!)
    const { time } = firsts.get(name)!
    return { session: name, name, tenant, caller, started_at: time, last_active_at: time }
  })
  await sql`insert into lineage.sessions ${insertedRows(sessionColumns, claims)}
    on conflict do nothing`.execute(database)
  const { rows } = await sql<Owner & { session: string }>`select session, name, tenant, caller
    from lineage.sessions where session = any(${names}::text[])`.execute(database)
  const ids = new Map(rows.map((row) => [keyOf(row), row.session]))
  const seconds = [...owners].filter(([key]) => !ids.has(key)).map(([key, owner]) => ({ key, owner }))
  if (seconds.length === 0) return ids
  const timeOf = new Map(events.map((event) => [keyOf(ownerOf(event)), event.time]))
  await database
    .insertInto('lineage.sessions')
    .values(
      seconds.map(({ key, owner }) => {
        const time = timeOf.get(key)!
        return { session: idOfSecond(owner), ...owner, started_at: time, last_active_at: time }
      }),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  for (const { key, owner } of seconds) ids.set(key, idOfSecond(owner))
  return ids
}

/** The audit service closes an exchange without knowing whose it was. */
async function sessionsOf(database: Database, events: AnyEvent[]): Promise<Map<string, string>> {
  if (events.length === 0) return new Map()
  const { rows } = await sql<{ exchange: string; session: string }>`select exchange, session
    from lineage.exchanges where exchange = any(${events.map(({ exchange }) => exchange!)}::text[])`.execute(
    database,
  )
  return new Map(rows.map(({ exchange, session }) => [exchange, session]))
}

function isAbandonment({ type }: AnyEvent): boolean {
  return type === eventTypes.exchangeAbandoned
}

function ownerOf({ tenant, caller = '', session }: AnyEvent): Owner {
  return { tenant, caller, name: session! }
}

function keyOf({ tenant, caller, name }: Owner): string {
  return JSON.stringify([tenant, caller, name])
}
