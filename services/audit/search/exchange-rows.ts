import {
  type AnyEvent,
  actions,
  type Decision,
  type EventByType,
  eventTypes,
  isUuid,
  openingStates,
  operationOf,
  outcomeStates,
  stateRank,
} from '@airs-cp/events'
import type { SearchTables } from './tables.ts'

/**
 * What one or more events say of their exchange, as a row of `audit.exchanges` whose times are text. What they do not say is
 * null or empty.
 */
export type ExchangeRow = Omit<SearchTables['audit.exchanges'], 'requested_at' | 'ended_at'> & {
  requested_at: string | null
  ended_at: string | null
}

const states = { ...openingStates, ...outcomeStates }

type ExchangeEvent = EventByType<
  | typeof eventTypes.requestReceived
  | typeof eventTypes.requestBlocked
  | typeof eventTypes.requestRejected
  | typeof eventTypes.responseCompleted
  | typeof eventTypes.responseBlocked
  | typeof eventTypes.responseFailed
  | typeof eventTypes.responseAborted
  | typeof eventTypes.exchangeAbandoned
>

/** One row for each exchange of which the events report something, in the order of their ids. */
export function exchangeRows(events: readonly AnyEvent[]): ExchangeRow[] {
  const rows = new Map<string, ExchangeRow>()
  for (const event of events) {
    if (!states[event.type] || !isUuid(event.exchange ?? '')) continue
    const row = rowOf(event as ExchangeEvent)
    const before = rows.get(row.exchange)
    rows.set(row.exchange, before ? mergeRows(before, row) : row)
  }
  return [...rows.values()].sort((a, b) => (a.exchange < b.exchange ? -1 : 1))
}

/** Whatever the order in which they came. A real outcome replaces an abandonment. */
function mergeRows(a: ExchangeRow, b: ExchangeRow): ExchangeRow {
  const merged = { ...a }
  for (const [name, value] of Object.entries(b)) if (value !== null) Object.assign(merged, { [name]: value })
  return {
    ...merged,
    state: stateRank(a.state) > stateRank(b.state) ? a.state : b.state,
    decision: strongest(a.decision, b.decision),
    tags: union(a.tags, b.tags),
    policies: union(a.policies, b.policies),
    verdicts: union(a.verdicts, b.verdicts),
    finding_types: union(a.finding_types, b.finding_types),
    findings: a.findings + b.findings,
  }
}

function rowOf(event: ExchangeEvent): ExchangeRow {
  const { exchange, tenant, session, time } = event
  const state = states[event.type]!
  const base = {
    exchange: exchange!,
    tenant,
    session: session === undefined ? null : cleaned(session),
    state,
    ...empty,
    caller: event.caller === undefined ? null : cleaned(event.caller),
  }
  if (event.type === eventTypes.exchangeAbandoned) return { ...base, ended_at: time, error_code: 'abandoned' }
  const { data } = event
  const error_code = 'error' in data ? data.error.code : null
  const status = 'status' in data ? data.status : null
  const decision = 'decision' in data ? decisionFacts(data.decision) : {}
  const provider = 'provider' in data ? cleaned(data.provider) : null
  if ('request' in data) {
    const { format, path, model } = data.request
    return {
      ...base,
      ...decision,
      requested_at: time,
      ended_at: state === 'open' ? null : time,
      format: format ?? null,
      path: cleaned(path),
      provider,
      operation: data.mcp === undefined ? null : cleaned(operationOf(data.mcp)),
      model: model === undefined ? null : cleaned(model),
      agent: data.agent === undefined ? null : cleaned(data.agent),
      key_id: data.key?.id ?? null,
      key_name: data.key === undefined ? null : cleaned(data.key.name),
      credential: data.credential === undefined ? null : cleaned(data.credential.fingerprint),
      tags: union(data.tags.map(cleaned)),
      status,
      error_code,
    }
  }
  return {
    ...base,
    ...decision,
    ended_at: time,
    provider,
    answered_model: data.model === undefined ? null : cleaned(data.model),
    key_id: data.keyId ?? null,
    status,
    error_code,
    input_tokens: data.usage?.inputTokens ?? null,
    output_tokens: data.usage?.outputTokens ?? null,
    cost_usd_micros: data.cost?.usdMicros ?? null,
    duration_ms: data.timing.durationMs,
  }
}

const empty = {
  requested_at: null,
  ended_at: null,
  format: null,
  path: null,
  provider: null,
  operation: null,
  model: null,
  answered_model: null,
  agent: null,
  caller: null,
  key_id: null,
  key_name: null,
  credential: null,
  tags: [] as string[],
  decision: null,
  policies: [] as string[],
  verdicts: [] as string[],
  findings: 0,
  finding_types: [] as string[],
  status: null,
  error_code: null,
  input_tokens: null,
  output_tokens: null,
  cost_usd_micros: null,
  duration_ms: null,
}

/** More are not worth a label: a bulk leak has the same types a thousand times. */
const mostTypes = 100

function decisionFacts(decision: Decision | undefined) {
  if (!decision) return {}
  const asked = decision.verdicts.filter(({ action }) => action !== 'allow')
  return {
    decision: decision.action,
    policies: union(asked.map(({ policy }) => policy)),
    verdicts: union(
      asked.map(({ policy, action, enforced }) =>
        [policy, action, enforced ? 'enforced' : 'observed'].join('\n'),
      ),
    ),
    findings: decision.findings.length,
    finding_types: union(decision.findings.map(({ type }) => cleaned(type))).slice(0, mostTypes),
  }
}

function strongest(a: string | null, b: string | null): string | null {
  const strength = (action: string | null) => actions.indexOf(action as (typeof actions)[number])
  return strength(a) > strength(b) ? a : b
}

function union(...lists: readonly string[][]): string[] {
  return [...new Set(lists.flat())].sort()
}

const longest = 300

/** As Postgres can store it, and as an index can hold it. */
export function cleaned(text: string): string {
  return text.slice(0, longest).toWellFormed().replaceAll('\0', '\ufffd')
}
