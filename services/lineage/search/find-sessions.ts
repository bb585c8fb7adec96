import { kindOfExchange } from '@airs-cp/events'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { LineageTables } from '../tables.ts'

export type SessionQuery = { from?: Date; until?: Date; limit: number; after?: string }

/** Sessions by last activity, newest first, each with the number of its exchanges by state. */
export async function findSessions(
  database: Kysely<LineageTables>,
  { from, until, limit, after }: SessionQuery,
) {
  let query = database
    .selectFrom('lineage.sessions as s')
    .select(['s.session', 's.name', 's.caller', 's.tenant', 's.started_at', 's.last_active_at'])
    .select(
      sql<Record<string, number>>`(select coalesce(jsonb_object_agg(state, n), '{}') from (
        select state, count(*) as n from lineage.exchanges e where e.session = s.session group by state) by_state)`.as(
        'exchanges',
      ),
    )
    .orderBy('s.last_active_at', 'desc')
    .orderBy('s.session', 'desc')
    .limit(limit)
  if (from) query = query.where('s.last_active_at', '>=', from)
  if (until) query = query.where('s.started_at', '<', until)
  if (after) {
    const [time, session] = splitCursor(after)
    query = query.where(sql<boolean>`(s.last_active_at, s.session) < (${time}::timestamptz, ${session})`)
  }
  const rows = await query.execute()
  const last = rows.at(-1)
  const next =
    last && rows.length === limit ? `${new Date(last.last_active_at).toISOString()} ${last.session}` : null
  return { sessions: rows.map(({ exchanges, ...row }) => ({ ...sessionOf(row), exchanges })), next }
}

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

function sessionOf({
  caller,
  started_at,
  last_active_at,
  ...row
}: Selectable<LineageTables['lineage.sessions']>) {
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
