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
import { type Insertable, type RawBuilder, sql, type Transaction } from 'kysely'
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
 * Applies a batch in two statements. Idempotent: every row is keyed by its session or exchange, and an event that
 * comes again writes what it wrote. Request and outcome may come in any order.
 * @param fresh sessions that were stored just now, with all times of this batch.
 */
export async function storeExchanges(
  database: Database,
  events: AnyEvent[],
  fresh: ReadonlySet<string> = new Set(),
): Promise<void> {
  const openings = events.filter((event) => openingStates[event.type]) as Opening[]
  const outcomes = events.filter((event) => outcomeStates[event.type]) as Outcome[]
  await touchSessions(
    database,
    [...openings, ...outcomes].filter(({ session }) => !fresh.has(session!)),
  )
  await storeRows(database, openings, outcomes)
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

type ExchangeRow = Required<Insertable<LineageTables['lineage.exchanges']>>

const columns = {
  exchange: 'text',
  session: 'text',
  tenant: 'text',
  state: 'text',
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
  outcome_event: 'uuid',
  response_action: 'text',
  ended_at: 'timestamptz',
  status: 'integer',
  input_tokens: 'bigint',
  output_tokens: 'bigint',
  error_code: 'text',
} satisfies ColumnTypes<LineageTables['lineage.exchanges']>

/** Request and outcome of an exchange mostly come in one batch, and are one row. A real outcome replaces an abandonment, never the reverse. */
async function storeRows(database: Database, openings: Opening[], outcomes: Outcome[]): Promise<void> {
  const ends = new Map<string, Outcome>()
  for (const outcome of outcomes) {
    const known = ends.get(outcome.exchange!)
    if (!known || isAbandonment(known) || !isAbandonment(outcome)) ends.set(outcome.exchange!, outcome)
  }
  const opened = new Map(openings.map((event) => [event.exchange!, event]))
  const rows = [...new Set([...opened.keys(), ...ends.keys()])]
    // Sorted, so that two writers do not wait for each other in a circle.
    .sort()
    .map((exchange) => rowOf(opened.get(exchange), ends.get(exchange)))
  if (rows.length === 0) return
  const replaced = (names: readonly string[], where: RawBuilder<unknown>) =>
    sql.join(
      names.map(
        (name) =>
          sql`${sql.ref(name)} = case when ${where} then ${sql.ref(`excluded.${name}`)} else ${sql.ref(`e.${name}`)} end`,
      ),
    )
  // A request that was refused is its own outcome.
  await sql`insert into lineage.exchanges as e ${insertedRows(columns, rows)}
    on conflict (exchange) do update set
      ${replaced(['session', ...Object.keys(nothingOpened)], sql`excluded.request_event is not null`)},
      ${replaced(['state', ...Object.keys(nothingEnded)], sql`excluded.outcome_event <> excluded.request_event is not false and excluded.outcome_event is not null and e.state in ('open', 'abandoned')`)}`.execute(
    database,
  )
}

function rowOf(opening: Opening | undefined, outcome: Outcome | undefined): ExchangeRow {
  const { exchange, session, tenant } = (opening ?? outcome)!
  const opened = { state: 'open' as const, ...nothingOpened, ...(opening && openingFacts(opening)) }
  const ended = outcome && opened.state === 'open' ? outcomeFacts(outcome) : {}
  return { exchange: exchange!, session: session!, tenant, ...nothingEnded, ...opened, ...ended }
}

/** The columns, beside the session, that a request sets. */
const nothingOpened = {
  format: null,
  path: null,
  provider: null,
  operation: null,
  model: null,
  stream: null,
  agent: null,
  tags: [],
  request_event: null,
  request_action: null,
  requested_at: null,
} satisfies Partial<ExchangeRow>

/** The columns, beside the state, that an outcome sets. */
const nothingEnded = {
  outcome_event: null,
  ended_at: null,
  status: null,
  input_tokens: null,
  output_tokens: null,
  response_action: null,
  error_code: null,
} satisfies Partial<ExchangeRow>

function openingFacts(event: Opening) {
  const { data } = event
  const state = openingStates[event.type as AnyEvent['type']]!
  return {
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
    ...(state !== 'open' && {
      outcome_event: event.id,
      ended_at: event.time,
      status: 'status' in data ? data.status : null,
      error_code: 'error' in data ? data.error.code : null,
    }),
  }
}

function outcomeFacts(event: Outcome) {
  const end = { state: outcomeStates[event.type]!, outcome_event: event.id, ended_at: event.time }
  if (isAbandonment(event)) return { ...end, error_code: 'abandoned' }
  const { data } = event
  return {
    ...end,
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
