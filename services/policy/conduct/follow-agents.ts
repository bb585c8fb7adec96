import {
  type AnyEvent,
  bodyBytes,
  type EventByType,
  type EventType,
  eventTypes,
  holdsContent,
  outcomeTypes,
  type RecordedBody,
  uuidFrom,
} from '@airs-cp/events'
import { readResponseTurns } from '@airs-cp/providers'
import { sql, type Transaction } from 'kysely'
import { putInOutbox } from '../alerts/outbox.ts'
import type { PolicyTables } from '../tables.ts'
import { foldIdleSessions } from './fold-idle-sessions.ts'
import { type AgentSession, type Anomaly, type Baseline, judgeCalls, stepKey } from './judge-calls.ts'

type Database = Transaction<PolicyTables>
type Who = { tenant: string; agent: string; session: string; exchange: string; time: string }

/** Names come from models and clients. */
const maxNameCharacters = 128
/** Beyond so many tools of one agent no further ones are learned. */
const maxTools = 500

const outcomes = new Set<EventType>(outcomeTypes)
/** Of the exchanges that end in a batch, which agent asked; by the transaction that applies it. */
const askers = new WeakMap<Database, Map<string, Asker | undefined>>()
type Asker = Omit<Who, 'time'>

/**
 * Looks up which agents asked in the exchanges that end in a batch, and forgets it: nothing is learned of an exchange that ended in
 * another way than by its response.
 */
export async function findAskers(database: Database, events: readonly AnyEvent[]): Promise<void> {
  const ended = new Map<string, Asker | undefined>()
  for (const { type, exchange } of events)
    if (outcomes.has(type) && exchange !== undefined) ended.set(exchange, undefined)
  askers.set(database, ended)
  if (ended.size === 0) return
  const rows = await database
    .deleteFrom('policy.agent_exchanges')
    .where('exchange', '=', sql<string>`any(${[...ended.keys()]})`)
    .returning(['tenant', 'agent', 'session', 'exchange'])
    .execute()
  for (const row of rows) ended.set(row.exchange, row)
}

/** Remembers which agent asks, because its response does not say so. */
export async function noteAgent(
  database: Database,
  { tenant, exchange, session, data }: EventByType<typeof eventTypes.requestReceived>,
): Promise<void> {
  const { agent } = data
  if (agent === undefined || exchange === undefined || session === undefined) return
  const asker = { exchange, tenant, agent, session }
  const ended = askers.get(database)
  if (ended?.has(exchange)) ended.set(exchange, asker)
  else await database.insertInto('policy.agent_exchanges').values(asker).execute()
}

/** Judges which tools a response calls by what its agent did before, and learns from it. */
export async function noteCalls(
  database: Database,
  { exchange, time, data }: EventByType<typeof eventTypes.responseCompleted>,
): Promise<void> {
  const found = askers.get(database)?.get(exchange ?? '')
  if (!found) return
  const calls = toolsCalled(data.delivered?.body ?? data.body)
  const who = { ...found, time }
  if (calls === undefined) return noteUnread(database, who)
  if (calls.length === 0) return
  const session = await findSession(database, who)
  const { anomalies, ...after } = judgeCalls(await findBaseline(database, who), session, calls)
  for (const anomaly of anomalies) await report(database, who, anomaly)
  await learn(database, who, calls, after)
}

/** Undefined where the response is recorded by reference, and so is not here, or was erased. */
function toolsCalled(body: RecordedBody | undefined): string[] | undefined {
  if (!body) return []
  if (body.parts || !holdsContent(body)) return undefined
  return readResponseTurns(bodyBytes(body))
    .turns.filter(({ kind }) => kind === 'tool-call')
    .map(({ name = '' }) => name.replaceAll('\u0000', '').slice(0, maxNameCharacters))
}

async function findBaseline(database: Database, { tenant, agent, session }: Who): Promise<Baseline> {
  const where = sql`tenant = ${tenant} and agent = ${agent}`
  const { rows: tools } = await sql<{ tool: string; calls: number }>`
    select tool, calls from policy.agent_tools where ${where}`.execute(database)
  const { rows: steps } = await sql<{ previous: string; tool: string }>`
    select previous, tool from policy.agent_steps where ${where}`.execute(database)
  const { rows: others } = await sql<{ sessions: number; most: number }>`
    select sum(sessions)::integer as sessions, coalesce(max(most), 0)::integer as most from (
      select count(*) as sessions, max(calls) as most
        from policy.agent_sessions where ${where} and session <> ${session} and calls > 0
      union all select sessions, most_calls from policy.agent_totals where ${where}) s`.execute(database)
  return {
    calls: tools.reduce((sum, { calls }) => sum + calls, 0),
    sessions: others[0]!.sessions,
    tools: new Map(tools.map(({ tool, calls }) => [tool, calls])),
    steps: new Set(steps.map(({ previous, tool }) => stepKey(previous, tool))),
    mostCallsInASession: others[0]!.most,
  }
}

async function findSession(database: Database, { tenant, agent, session }: Who): Promise<AgentSession> {
  const row = await database
    .selectFrom('policy.agent_sessions')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('agent', '=', agent)
    .where('session', '=', session)
    .executeTakeFirst()
  return {
    calls: row?.calls ?? 0,
    lastTool: row?.last_tool ?? undefined,
    isReported: row?.is_reported ?? false,
  }
}

/** Each anomaly is reported once: what was reported has been seen. */
async function report(database: Database, who: Who, anomaly: Anomaly): Promise<void> {
  const { tenant, agent, session, exchange } = who
  const about = anomaly.kind === 'excessive-calls' ? [session] : [anomaly.previous ?? '', anomaly.tool]
  await putInOutbox(database, {
    id: uuidFrom('anomaly-found', tenant, agent, anomaly.kind, ...about),
    type: eventTypes.anomalyFound,
    tenant,
    data: { ...anomaly, agent, session, exchange },
  })
}

async function learn(
  database: Database,
  { tenant, agent, session, time }: Who,
  calls: string[],
  after: { session: AgentSession; steps: string[] },
): Promise<void> {
  for (const tool of new Set(calls)) {
    const count = calls.filter((name) => name === tool).length
    await sql`insert into policy.agent_tools as t (tenant, agent, tool, calls, first_seen, last_seen)
      select ${tenant}, ${agent}, ${tool}, ${count}::integer, ${time}::timestamptz, ${time}::timestamptz
      where exists (select 1 from policy.agent_tools where tenant = ${tenant} and agent = ${agent} and tool = ${tool})
        or (select count(*) from policy.agent_tools where tenant = ${tenant} and agent = ${agent}) < ${maxTools}
      on conflict (tenant, agent, tool) do update set calls = t.calls + excluded.calls,
        last_seen = greatest(t.last_seen, excluded.last_seen)`.execute(database)
  }
  for (const step of new Set(after.steps)) {
    const [previous, tool] = JSON.parse(step) as [string, string]
    const times = after.steps.filter((one) => one === step).length
    await sql`insert into policy.agent_steps as s (tenant, agent, previous, tool, times)
      select ${tenant}, ${agent}, ${previous}, ${tool}, ${times}::integer
      where (select count(*) from policy.agent_tools where tenant = ${tenant} and agent = ${agent}
        and tool in (${previous}, ${tool})) > 0
      on conflict (tenant, agent, previous, tool) do update set times = s.times + excluded.times`.execute(
      database,
    )
  }
  const { calls: count, lastTool = null, isReported } = after.session
  await sql`insert into policy.agent_sessions as s (tenant, agent, session, calls, last_tool, is_reported, last_seen)
    values (${tenant}, ${agent}, ${session}, ${count}, ${lastTool}, ${isReported}, ${time}::timestamptz)
    on conflict (tenant, agent, session) do update set calls = excluded.calls, last_tool = excluded.last_tool,
      is_reported = excluded.is_reported, last_seen = greatest(s.last_seen, excluded.last_seen)`.execute(
    database,
  )
  await foldIdleSessions(database, time)
}

async function noteUnread(database: Database, { tenant, agent, session, time }: Who): Promise<void> {
  await sql`insert into policy.agent_sessions as s (tenant, agent, session, calls, is_reported, unread, last_seen)
    values (${tenant}, ${agent}, ${session}, 0, false, 1, ${time}::timestamptz)
    on conflict (tenant, agent, session) do update set unread = s.unread + 1,
      last_seen = greatest(s.last_seen, excluded.last_seen)`.execute(database)
  await foldIdleSessions(database, time)
}
