import { type AnyEvent, eventTypes, openingStates, outcomeStates, sha256Hex } from '@airs-cp/events'
import { insertedRows } from '@airs-cp/postgres'
import { sql, type Transaction } from 'kysely'
import type { LineageTables } from '../tables.ts'
import { sessionColumns } from './exchanges.ts'

type Database = Transaction<LineageTables>
type Owner = { tenant: string; caller: string; name: string }
type Span = { started_at: string; last_active_at: string }

/**
 * The events with the ids of their sessions in place of the names that clients gave them. Two callers may give the same
 * name, and each has a session of its own: the id of the first one's is the name, that of another one's has a digest of
 * its caller behind it.
 * @returns also the sessions that were not there before. They are stored with all times of these events.
 */
export async function ownSessions(
  database: Database,
  events: AnyEvent[],
): Promise<{ owned: AnyEvent[]; fresh: ReadonlySet<string> }> {
  const abandoned = await sessionsOf(database, events.filter(isAbandonment))
  const owned = events.filter(
    ({ type, session, exchange }) =>
      session !== undefined && (openingStates[type] || (outcomeStates[type] && !abandoned.has(exchange!))),
  )
  const { ids, fresh } = await claim(database, owned)
  const named = events.map((event) => {
    if (event.session === undefined || event.exchange === undefined) return event
    const session = abandoned.get(event.exchange) ?? ids.get(keyOf(ownerOf(event)))
    return session === undefined || session === event.session ? event : { ...event, session }
  })
  return { owned: named, fresh }
}

/** Nobody can foresee it for somebody else's credential, and take it as a name. */
function idOfSecond({ tenant, caller, name }: Owner): string {
  return `${name}~${sha256Hex(JSON.stringify([tenant, caller, name])).slice(0, 16)}`
}

async function claim(
  database: Database,
  events: AnyEvent[],
): Promise<{ ids: Map<string, string>; fresh: ReadonlySet<string> }> {
  if (events.length === 0) return { ids: new Map(), fresh: new Set() }
  const spans = new Map<string, Owner & Span>()
  /** By name, the one that comes first. */
  const firsts = new Map<string, Owner & Span>()
  for (const event of events) {
    const { time } = event
    const owner = ownerOf(event)
    const key = keyOf(owner)
    const span = spans.get(key) ?? { ...owner, started_at: time, last_active_at: time }
    if (time < span.started_at) span.started_at = time
    if (time > span.last_active_at) span.last_active_at = time
    spans.set(key, span)
    if (!firsts.has(owner.name)) firsts.set(owner.name, span)
  }
  const names = [...firsts.keys()].sort()
  // Inserted first, so that of two processes one waits for the other and then sees whose the name is.
  const claims = names.map((name) => ({ session: name, ...firsts.get(name)! }))
  const { rows: stored } = await sql<{ session: string }>`
    insert into lineage.sessions ${insertedRows(sessionColumns, claims)}
    on conflict do nothing returning session`.execute(database)
  const fresh = new Set(stored.map(({ session }) => session))
  const ids = new Map([...fresh].map((name) => [keyOf(firsts.get(name)!), name]))
  const known = names.filter((name) => !fresh.has(name))
  if (known.length > 0) {
    const { rows } = await sql<Owner & { session: string }>`select session, name, tenant, caller
      from lineage.sessions where session = any(${known}::text[])`.execute(database)
    for (const row of rows) ids.set(keyOf(row), row.session)
  }
  const seconds = [...spans].filter(([key]) => !ids.has(key))
  if (seconds.length === 0) return { ids, fresh }
  await database
    .insertInto('lineage.sessions')
    .values(seconds.map(([, span]) => ({ session: idOfSecond(span), ...span })))
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  for (const [key, span] of seconds) ids.set(key, idOfSecond(span))
  return { ids, fresh }
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
