import type {
  Envelope,
  EventByType,
  RequestBlocked,
  RequestReceived,
  RequestRejected,
  Usage,
} from '@airs-cp/events'
import { eventTypes } from '@airs-cp/events'
import { sql, type Transaction } from 'kysely'
import type { ExchangeState, LineageTables } from './tables.ts'

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
 * Opens an exchange, or fills in its request where the outcome came first.
 * @param state where the request itself ends the exchange: that end.
 */
export async function openExchange(database: Database, event: Opening, state?: ExchangeState): Promise<void> {
  const { data } = event
  const session = event.session!
  await touchSession(database, event)
  const request = {
    format: data.request.format ?? null,
    path: data.request.path,
    provider: 'provider' in data ? data.provider : null,
    model: data.request.model ?? null,
    stream: data.request.stream,
    agent: data.agent ?? null,
    tags: data.tags,
    request_event: event.id,
    request_action: 'decision' in data ? data.decision.action : null,
    requested_at: event.time,
    ...(state && {
      state,
      ended_at: event.time,
      outcome_event: event.id,
      status: 'status' in data ? data.status : null,
      error_code: 'error' in data ? data.error.code : null,
    }),
  }
  await database
    .insertInto('lineage.exchanges')
    .values({ exchange: event.exchange!, session, tenant: event.tenant, ...request } as never)
    .onConflict((conflict) => conflict.column('exchange').doUpdateSet(request))
    .execute()
}

/** Ends an exchange, whether or not its request has arrived. A real outcome replaces an abandonment, never the reverse. */
export async function endExchange(database: Database, event: Outcome, state: ExchangeState): Promise<void> {
  await touchSession(database, event)
  const outcome = { state, outcome_event: event.id, ended_at: event.time, ...outcomeFacts(event) }
  await database
    .insertInto('lineage.exchanges')
    .values({
      exchange: event.exchange!,
      session: event.session!,
      tenant: event.tenant,
      tags: [],
      ...outcome,
    } as never)
    .onConflict((conflict) =>
      conflict
        .column('exchange')
        .doUpdateSet(outcome)
        .where('lineage.exchanges.state', 'in', ['open', 'abandoned']),
    )
    .execute()
}

function outcomeFacts(event: Outcome) {
  if (event.type === eventTypes.exchangeAbandoned) return { error_code: 'abandoned' }
  const { data } = event
  return {
    status: data.status,
    ...tokens(data.usage),
    ...('decision' in data && { response_action: data.decision.action }),
    ...('error' in data && { error_code: data.error.code }),
  }
}

function tokens(usage: Usage | undefined) {
  return usage && { input_tokens: usage.inputTokens ?? null, output_tokens: usage.outputTokens ?? null }
}

async function touchSession(
  database: Database,
  { session, tenant, time }: Pick<Envelope, 'session' | 'tenant' | 'time'>,
): Promise<void> {
  await sql`insert into lineage.sessions as s (session, tenant, started_at, last_active_at)
    values (${session}, ${tenant}, ${time}, ${time})
    on conflict (session) do update set
      started_at = least(s.started_at, excluded.started_at),
      last_active_at = greatest(s.last_active_at, excluded.last_active_at)`.execute(database)
}
