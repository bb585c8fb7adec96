import { sql, type Transaction } from 'kysely'
import type { PolicyTables } from '../tables.ts'

/** A session that was idle for so long counts as ended; one that goes on after all counts as another. */
const idleDays = 30
const maxFolded = 100

/**
 * Adds the sessions that ended to the totals of their agents, which is all that later calls are held against. Called with each
 * session that is written, so that more go than come, and by the times of events, so that the same goes whenever they are
 * applied; a clock that is ahead of ours makes nothing older.
 */
export async function foldIdleSessions(database: Transaction<PolicyTables>, time: string): Promise<void> {
  await sql`with ended as (
      delete from policy.agent_sessions where (tenant, agent, session) in (
        select tenant, agent, session from policy.agent_sessions
        where last_seen < least(${time}::timestamptz, now()) - make_interval(days => ${idleDays})
        order by last_seen limit ${maxFolded})
      returning tenant, agent, calls, unread)
    insert into policy.agent_totals as t (tenant, agent, sessions, calls, most_calls, unread)
      select tenant, agent, count(*) filter (where calls > 0), sum(calls), max(calls), sum(unread)
      from ended group by tenant, agent
    on conflict (tenant, agent) do update set sessions = t.sessions + excluded.sessions,
      calls = t.calls + excluded.calls, most_calls = greatest(t.most_calls, excluded.most_calls),
      unread = t.unread + excluded.unread`.execute(database)
}
