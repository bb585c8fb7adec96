import { kindOfExchange } from '@airs-cp/events'
import { type Kysely, type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely'
import type { LineageTables } from '../tables.ts'

export type SessionQuery = { from?: Date; until?: Date; limit: number; after?: string }

/** Sessions by last activity, newest first, each with the number of its exchanges by state. */
export async function findSessions(
  database: Kysely<LineageTables>,
  { from, until, limit, after }: SessionQuery,
) {
  // Sessions before `until` are in the order of the index; those that go on over it are few. Long ones are found by the time that they
  // span, others by their end, which is soon after it.
  const matching = (upTo: RawBuilder<SqlBool>) => sql`
    select session, name, caller, tenant, started_at, last_active_at from lineage.sessions where ${upTo}
      ${from ? sql`and last_active_at >= ${from}` : sql``}
      ${after ? sql`and (last_active_at, session) < (${splitCursor(after)[0]}::timestamptz, ${splitCursor(after)[1]})` : sql``}`
  const inOrder = sql`order by last_active_at desc, session desc limit ${limit}`
  const found = until
    ? sql`with spanning as materialized (
        ${matching(sql`${isLong} and ${span} @> ${until}::timestamptz and started_at < ${until}`)}
        union all ${matching(sql`not ${isLong} and started_at < ${until}
          and last_active_at >= ${until} and last_active_at <= ${new Date(until.getTime() + 60_000)}`)}),
      before as (${matching(sql`last_active_at < ${until} and started_at < ${until}`)} ${inOrder})
      select * from spanning union all select * from before`
    : matching(sql`true`)
  const { rows } = await sql<SessionRow & { exchanges: Record<string, number> }>`
    select s.*, (select coalesce(jsonb_object_agg(state, n), '{}') from (
        select state, count(*) as n from lineage.exchanges e where e.session = s.session group by state) by_state) as exchanges
    from (select * from (${found}) found ${inOrder}) s ${inOrder}`.execute(database)
  const last = rows.at(-1)
  const next =
    last && rows.length === limit ? `${new Date(last.last_active_at).toISOString()} ${last.session}` : null
  return { sessions: rows.map(({ exchanges, ...row }) => ({ ...sessionOf(row), exchanges })), next }
}

/** Of an index (`sessions_long_idx`), which few sessions are in: it costs much to be entered there. */
const isLong = sql.raw(`(last_active_at - started_at > '1 minute')`)
const span = sql.raw(`tstzrange(started_at, last_active_at, '[]')`)

export function splitCursor(cursor: string): [time: string, session: string] {
  const at = cursor.indexOf(' ')
  return [cursor.slice(0, at), cursor.slice(at + 1)]
}

export type PageQuery = { limit: number; after?: string }

/** One session with a page of its exchanges in order; undefined when it does not exist. */
export async function findSession(
  database: Kysely<LineageTables>,
  session: string,
  { limit, after }: PageQuery,
) {
  const found = await database
    .selectFrom('lineage.sessions')
    .selectAll()
    .where('session', '=', session)
    .executeTakeFirst()
  if (!found) return undefined
  const { count } = await database
    .selectFrom('lineage.exchanges')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('session', '=', session)
    .executeTakeFirstOrThrow()
  const rows = await findExchanges(database, session, { limit: limit + 1, ...(after && { after }) })
  const page = rows.slice(0, limit)
  const others = await database
    .selectFrom('lineage.sessions')
    .selectAll()
    .where('name', '=', found.name)
    .where('session', '<>', session)
    .orderBy('last_active_at', 'desc')
    .limit(mostOthers)
    .execute()
  return {
    ...sessionOf(found),
    exchangeCount: Number(count),
    exchanges: page.map(exchangeOf),
    next: rows.length > limit ? page.at(-1)!.cursor : null,
    others: others.map(sessionOf),
  }
}

/** In the order of the index; those whose request is not known stand behind all others. */
async function findExchanges(
  database: Kysely<LineageTables>,
  session: string,
  { limit, after }: PageQuery,
): Promise<(ExchangeRow & { cursor: string })[]> {
  const [time, last] = after ? splitCursor(after) : []
  const isKnown = time !== unknownTime
  const { rows } = await sql<ExchangeRow & { cursor: string }>`
    with known as (
      select * from lineage.exchanges where session = ${session} and requested_at is not null
        ${last === undefined ? sql`` : isKnown ? sql`and (requested_at, exchange) > (${time}::timestamptz, ${last})` : sql`and false`}
      order by requested_at, exchange limit ${limit}),
    unknown as (
      select * from lineage.exchanges where session = ${session} and requested_at is null
        ${last === undefined || isKnown ? sql`` : sql`and exchange > ${last}`}
      order by exchange limit ${limit})
    select *, coalesce(to_char(requested_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      ${unknownTime}) || ' ' || exchange as cursor
    from (select * from known union all select * from unknown) page
    order by requested_at nulls last, exchange limit ${limit}`.execute(database)
  return rows
}

/** Of an exchange of which only the outcome was recorded, in place of the time of its request. */
const unknownTime = 'unknown'

type ExchangeRow = Selectable<LineageTables['lineage.exchanges']>

const mostOthers = 20

type SessionRow = Selectable<LineageTables['lineage.sessions']>

function sessionOf({ caller, started_at, last_active_at, ...row }: SessionRow) {
  return { ...row, caller: caller || null, startedAt: started_at, lastActiveAt: last_active_at }
}

function exchangeOf(row: ExchangeRow) {
  const { exchange, session, tenant, state, format, path, provider, model, stream, agent, tags, status } = row
  return {
    ...{ exchange, session, tenant, state, format, path, provider, model, stream, agent, tags },
    kind: kindOfExchange(row),
    operation: row.operation,
    requestEvent: row.request_event,
    requestAction: row.request_action,
    requestedAt: row.requested_at,
    outcomeEvent: row.outcome_event,
    responseAction: row.response_action,
    endedAt: row.ended_at,
    status,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    errorCode: row.error_code,
  }
}
