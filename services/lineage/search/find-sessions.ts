import { kindOfExchange } from '@airs-cp/events'
import { type Kysely, type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely'
import type { LineageTables } from '../tables.ts'

export type SessionQuery = { from?: Date; until?: Date; limit: number; after?: string }

/** Sessions by last activity, newest first, each with the number of its exchanges by state. */
export async function findSessions(
  database: Kysely<LineageTables>,
  { from, until, limit, after }: SessionQuery,
) {
  // Sessions before `until` are in the order of the index; those that go on over it are few, and found by the time that they span.
  const matching = (upTo: RawBuilder<SqlBool>) => sql`
    select session, name, caller, tenant, started_at, last_active_at from lineage.sessions where ${upTo}
      ${from ? sql`and last_active_at >= ${from}` : sql``}
      ${after ? sql`and (last_active_at, session) < (${splitCursor(after)[0]}::timestamptz, ${splitCursor(after)[1]})` : sql``}`
  const inOrder = sql`order by last_active_at desc, session desc limit ${limit}`
  const found = until
    ? sql`with spanning as materialized (
        ${matching(sql`${span} @> ${until}::timestamptz and started_at < ${until}`)}),
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

/** Of an index (`sessions_span_idx`). Clocks of ingresses differ, so that a session might end before it begins. */
const span = sql.raw(`tstzrange(started_at, greatest(started_at, last_active_at), '[]')`)

function splitCursor(cursor: string): [time: string, session: string] {
  const at = cursor.indexOf(' ')
  return [cursor.slice(0, at), cursor.slice(at + 1)]
}

/** One session with its exchanges in order; undefined when it does not exist. */
export async function findSession(database: Kysely<LineageTables>, session: string) {
  const found = await database
    .selectFrom('lineage.sessions')
    .selectAll()
    .where('session', '=', session)
    .executeTakeFirst()
  if (!found) return undefined
  const exchanges = await database
    .selectFrom('lineage.exchanges')
    .selectAll()
    .where('session', '=', session)
    .orderBy('requested_at')
    .orderBy('exchange')
    .execute()
  const others = await database
    .selectFrom('lineage.sessions')
    .selectAll()
    .where('name', '=', found.name)
    .where('session', '<>', session)
    .orderBy('last_active_at', 'desc')
    .limit(mostOthers)
    .execute()
  return { ...sessionOf(found), exchanges: exchanges.map(exchangeOf), others: others.map(sessionOf) }
}

const mostOthers = 20

type SessionRow = Selectable<LineageTables['lineage.sessions']>

function sessionOf({ caller, started_at, last_active_at, ...row }: SessionRow) {
  return { ...row, caller: caller || null, startedAt: started_at, lastActiveAt: last_active_at }
}

function exchangeOf(row: Selectable<LineageTables['lineage.exchanges']>) {
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
