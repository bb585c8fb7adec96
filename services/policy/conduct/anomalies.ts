import type { EventByType, eventTypes } from '@airs-cp/events'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { PolicyTables } from '../tables.ts'

export async function storeAnomaly(
  database: Transaction<PolicyTables>,
  { id, tenant, time, data }: EventByType<typeof eventTypes.anomalyFound>,
): Promise<void> {
  const { agent, kind, tool, previous = null, session, exchange, explanation, baseline } = data
  await database
    .insertInto('policy.anomalies')
    .values({
      id,
      tenant,
      agent,
      kind,
      tool,
      previous,
      session,
      exchange,
      explanation,
      baseline: JSON.stringify(baseline),
      found_at: time,
    })
    .execute()
}

/** Newest first. */
export async function listAnomalies(
  database: Kysely<PolicyTables>,
  { agent, limit }: { agent?: string | undefined; limit: number },
) {
  let query = database
    .selectFrom('policy.anomalies')
    .selectAll()
    .orderBy('found_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
  if (agent !== undefined) query = query.where('agent', '=', agent)
  return (await query.execute()).map(({ found_at, ...row }) => ({ ...row, foundAt: found_at as Date }))
}

/** What was seen of each agent: what its next calls are held against. */
export async function listAgents(database: Kysely<PolicyTables>) {
  const { rows } = await sql<{
    tenant: string
    agent: string
    calls: number
    sessions: number
    mostCallsInASession: number
    unread: number
    tools: { tool: string; calls: number }[]
    steps: { previous: string; tool: string; times: number }[]
  }>`select tenant, agent, sum(calls)::integer as calls, sum(sessions)::integer as sessions,
      max(most)::integer as "mostCallsInASession", sum(unread)::integer as unread,
      (select coalesce(json_agg(json_build_object('tool', tool, 'calls', calls) order by calls desc, tool), '[]')
        from policy.agent_tools t where t.tenant = s.tenant and t.agent = s.agent) as tools,
      (select coalesce(json_agg(json_build_object('previous', previous, 'tool', tool, 'times', times)
          order by times desc, previous, tool), '[]')
        from policy.agent_steps p where p.tenant = s.tenant and p.agent = s.agent) as steps
    from (
      select tenant, agent, calls, case when calls > 0 then 1 else 0 end as sessions, calls as most, unread
        from policy.agent_sessions
      union all select tenant, agent, calls, sessions, most_calls, unread from policy.agent_totals) s
    group by tenant, agent order by tenant, agent limit 1000`.execute(database)
  return rows
}
