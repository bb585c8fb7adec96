import {
  type AnyEvent,
  type Envelope,
  type EventByType,
  eventTypes,
  openingStates,
  operationOf,
  outcomeStates,
  type RequestBlocked,
  type RequestReceived,
  type RequestRejected,
} from '@airs-cp/events'
import { type ColumnTypes, insertedRows } from '@airs-cp/postgres'
import { sql, type Transaction } from 'kysely'
import type { LineageTables } from '../tables.ts'

type Opening = Omit<Envelope, 'data'> & { data: RequestReceived | RequestBlocked | RequestRejected }
type Outcome = EventByType<
  | typeof eventTypes.responseCompleted
  | typeof eventTypes.responseBlocked
  | typeof eventTypes.responseFailed
  | typeof eventTypes.responseAborted
  | typeof eventTypes.exchangeAbandoned
>
type Database = Transaction<LineageTables>

/**
 * Applies a batch in three statements. Idempotent: every row is keyed by its session or exchange, and an event that
 * comes again writes what it wrote. Request and outcome may come in any order.
 */
export async function storeExchanges(database: Database, events: AnyEvent[]): Promise<void> {
  const openings = events.filter((event) => openingStates[event.type]) as Opening[]
  const outcomes = events.filter((event) => outcomeStates[event.type]) as Outcome[]
  await touchSessions(database, [...openings, ...outcomes])
  await storeOpenings(database, openings)
  await storeOutcomes(database, outcomes)
}

export const sessionColumns = {
  session: 'text',
  name: 'text',
  caller: 'text',
  tenant: 'text',
  started_at: 'timestamptz',
  last_active_at: 'timestamptz',
} satisfies ColumnTypes<LineageTables['lineage.sessions']>

async function touchSessions(
  database: Database,
  events: Pick<Envelope, 'session' | 'tenant' | 'time'>[],
): Promise<void> {
  if (events.length === 0) return
  const sessions = [...Map.groupBy(events, ({ session }) => session!)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([session, ofSession]) => {
      const times = ofSession.map(({ time }) => time).sort()
      return {
        ...{ session, name: session, caller: '', tenant: ofSession[0]!.tenant },
        started_at: times[0]!,
        last_active_at: times.at(-1)!,
      }
    })
  await sql`insert into lineage.sessions as s ${insertedRows(sessionColumns, sessions)}
    on conflict (session) do update set
      started_at = least(s.started_at, excluded.started_at),
      last_active_at = greatest(s.last_active_at, excluded.last_active_at)`.execute(database)
}

const sharedColumns = {
  exchange: 'text',
  session: 'text',
  tenant: 'text',
  state: 'text',
  outcome_event: 'uuid',
  ended_at: 'timestamptz',
  status: 'integer',
  error_code: 'text',
}
const openingColumns = {
  ...sharedColumns,
  format: 'text',
  path: 'text',
  provider: 'text',
  operation: 'text',
  model: 'text',
  stream: 'boolean',
  agent: 'text',
  tags: 'text[]',
  request_event: 'uuid',
  request_action: 'text',
  requested_at: 'timestamptz',
}
const outcomeColumns = {
  ...sharedColumns,
  input_tokens: 'bigint',
  output_tokens: 'bigint',
  response_action: 'text',
}

async function storeOpenings(database: Database, events: Opening[]): Promise<void> {
  const rows = lastPerExchange(events).map((event) => {
    const { data } = event
    const state = openingStates[event.type as AnyEvent['type']]!
    const ended = state !== 'open'
    return {
      exchange: event.exchange!,
      session: event.session!,
      tenant: event.tenant,
      state,
      format: data.request.format ?? null,
      path: data.request.path,
      provider: 'provider' in data ? data.provider : null,
      operation: data.mcp === undefined ? null : operationOf(data.mcp).replaceAll('\0', '\ufffd'),
      model: data.request.model?.replaceAll('\0', '\ufffd') ?? null,
      stream: data.request.stream,
      agent: data.agent ?? null,
      tags: data.tags,
      request_event: event.id,
      request_action: 'decision' in data ? data.decision.action : null,
      requested_at: event.time,
      outcome_event: ended ? event.id : null,
      ended_at: ended ? event.time : null,
      status: 'status' in data ? data.status : null,
      error_code: 'error' in data ? data.error.code : null,
    }
  })
  if (rows.length === 0) return
  await sql`insert into lineage.exchanges ${insertedRows(openingColumns, rows)}
    on conflict (exchange) do update set
      session = excluded.session, format = excluded.format, path = excluded.path, provider = excluded.provider,
      operation = excluded.operation, model = excluded.model, stream = excluded.stream, agent = excluded.agent,
      tags = excluded.tags, request_event = excluded.request_event, request_action = excluded.request_action,
      requested_at = excluded.requested_at`.execute(database)
}

/** A real outcome replaces an abandonment, never the reverse. */
async function storeOutcomes(database: Database, events: Outcome[]): Promise<void> {
  const groups: Outcome[][] = [events.filter(isAbandonment), events.filter((event) => !isAbandonment(event))]
  for (const group of groups) {
    const rows = lastPerExchange(group).map((event) => ({
      exchange: event.exchange!,
      session: event.session!,
      tenant: event.tenant,
      state: outcomeStates[event.type]!,
      outcome_event: event.id,
      ended_at: event.time,
      ...outcomeFacts(event),
    }))
    if (rows.length === 0) continue
    await sql`insert into lineage.exchanges as e ${insertedRows(outcomeColumns, rows)}
      on conflict (exchange) do update set
        state = excluded.state, outcome_event = excluded.outcome_event, ended_at = excluded.ended_at,
        status = excluded.status, input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens,
        response_action = excluded.response_action, error_code = excluded.error_code
      where e.state in ('open', 'abandoned')`.execute(database)
  }
}

function outcomeFacts(event: Outcome) {
  if (isAbandonment(event))
    return {
      status: null,
      input_tokens: null,
      output_tokens: null,
      response_action: null,
      error_code: 'abandoned',
    }
  const { data } = event
  return {
    status: data.status,
    input_tokens: data.usage?.inputTokens ?? null,
    output_tokens: data.usage?.outputTokens ?? null,
    response_action: 'decision' in data ? (data.decision?.action ?? null) : null,
    error_code: 'error' in data ? data.error.code : null,
  }
}

function isAbandonment(event: Outcome): event is EventByType<typeof eventTypes.exchangeAbandoned> {
  return event.type === eventTypes.exchangeAbandoned
}

/** One statement must not write a row twice; rows are sorted so that two writers do not wait for each other in a circle. */
function lastPerExchange<Event extends { exchange?: string | undefined }>(events: Event[]): Event[] {
  const last = new Map(events.map((event) => [event.exchange!, event]))
  return [...last.values()].sort((a, b) => (a.exchange! < b.exchange! ? -1 : 1))
}
