import { type ErasureSelection, firstIdAt, openingTypes } from '@airs-cp/events'
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely'
import { cleaned } from '../search/exchange-rows.ts'
import { labelNumber } from '../search/labels.ts'
import type { AuditTables } from '../tables.ts'

/** Exchanges (`exchange`, as text) that a selection is about, of those that were requested until `before`. */
export function exchangesOf(selection: ErasureSelection, before: Date): RawBuilder<{ exchange: string }> {
  const { exchange, session, caller, agent, tag, tenant, from, until } = selection
  const conditions: RawBuilder<unknown>[] = [
    sql`coalesce(x.requested_at, x.ended_at) <= ${before.toISOString()}::timestamptz`,
  ]
  // By index: labels are of values, and ids of exchanges are in the order of time.
  const labeled = (kind: 'session' | 'agent' | 'tag', value: string, holds: RawBuilder<unknown>) =>
    conditions.push(
      sql`x.exchange in (select exchange from audit.exchange_labels where label = ${labelNumber(kind, value)}::bigint)`,
      holds,
    )
  if (exchange !== undefined) conditions.push(sql`x.exchange::text = ${exchange}`)
  const [name, agentName, tagName] = [session, agent, tag].map((value) => value && cleaned(value))
  if (name) labeled('session', name, sql`x.session = ${name}`)
  if (agentName) labeled('agent', agentName, sql`x.agent = ${agentName}`)
  if (tagName) labeled('tag', tagName, sql`${tagName} = any(x.tags)`)
  if (tenant !== undefined) conditions.push(sql`x.tenant = ${tenant}`)
  if (caller !== undefined) conditions.push(ofCaller(caller))
  if (from !== undefined) conditions.push(sql`coalesce(x.requested_at, x.ended_at) >= ${from}::timestamptz`)
  if (until !== undefined)
    conditions.push(
      sql`coalesce(x.requested_at, x.ended_at) < ${until}::timestamptz`,
      // An id is made a moment before the request is recorded.
      sql`x.exchange < ${firstIdAt(new Date(Date.parse(until) + 1))}::uuid`,
    )
  return sql<{ exchange: string }>`select x.exchange::text as exchange from audit.exchanges x
    where ${sql.join(conditions, sql` and `)}`
}

/** Rows that were made before callers were noted have none. */
function ofCaller(caller: string): RawBuilder<unknown> {
  const pattern = `%"caller":"${caller.replaceAll('_', '\\_')}"%`
  return sql`(x.caller = ${caller} or x.caller is null and exists (
    select from audit.events e where e.exchange = x.exchange::text
      and e.type = any(${[...openingTypes]}::text[]) and left(e.event, 16384) like ${pattern}))`
}

export type ErasurePreview = {
  exchanges: number
  sessions: number
  events: number
  bytes: number
  alreadyErased: number
  heldExchanges: number
  first: Date | null
  last: Date | null
}

/** What an erasure would be about, counted. */
export async function previewErasure(
  database: Kysely<AuditTables>,
  selection: ErasureSelection,
  before: Date,
  held?: RawBuilder<{ exchange: string }>,
): Promise<ErasurePreview> {
  const { rows } = await sql<ErasurePreview>`
    with held as materialized (${held ?? sql`select null::text as exchange where false`}),
    every as materialized (
      select c.exchange, d.exchange is not null as done, exists (select from held h where h.exchange = c.exchange) as held
      from (${exchangesOf(selection, before)}) c left join audit.erased_exchanges d using (exchange)),
    chosen as materialized (select * from every where done or not held)
    select (select count(*) from every where held and not done) as "heldExchanges", count(*) filter (where not done) as exchanges, count(*) filter (where done) as "alreadyErased",
      (select count(distinct session) from chosen join audit.exchanges x on x.exchange = chosen.exchange::uuid
        where not done) as sessions,
      coalesce(sum(e.events), 0) as events, coalesce(sum(e.bytes), 0) as bytes, min(e.first) as first, max(e.last) as last
    from chosen left join lateral (
      select count(*) as events, sum(octet_length(event)) as bytes, min(time) as first, max(time) as last
      from audit.events where exchange = chosen.exchange) e on not done`.execute(database)
  const { events, bytes, ...preview } = rows[0]!
  return { ...preview, events: Number(events), bytes: Number(bytes) }
}

/** Notes the exchanges of an erasure, without those that are on hold. @returns how many are new. */
export async function selectExchanges(
  transaction: Transaction<AuditTables>,
  { id, selection, before }: { id: string; selection: ErasureSelection; before: Date },
  held?: RawBuilder<{ exchange: string }>,
): Promise<number> {
  const chosen = exchangesOf(selection, before)
  const isHeld = held ? sql`exchange in (select exchange from (${held}) held)` : sql`false`
  await sql`update audit.erasures set held = (
    select count(*) from (${chosen}) chosen where ${isHeld}
      and not exists (select from audit.erased_exchanges x where x.exchange = chosen.exchange))
    where id = ${id}`.execute(transaction)
  const { numAffectedRows = 0n } = await sql`insert into audit.erased_exchanges (exchange, erasure)
    select exchange, ${id} from (${chosen}) chosen where not ${isHeld} order by exchange
    on conflict do nothing`.execute(transaction)
  return Number(numAffectedRows)
}
