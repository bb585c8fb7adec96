import type { Decision, Envelope } from '@airs-cp/events'
import { sql } from 'kysely'
import { decidingTypes, eventCondition } from '../selection/selection.ts'
import { type RecordedEvent, recordedEvents } from './recorded-events.ts'
import type { ExportedRow, Source } from './source.ts'

const isDeciding = sql`type = any(${decidingTypes}::text[])`

/** Of the data of an event that reports a decision. */
type Decided = {
  provider?: string
  model?: string
  request?: { model?: string }
  decision: Decision
}

/**
 * What policy decided, direction by direction: one row for each request, and one for each response that came. Events are
 * parsed here: Postgres refuses to look into JSON that has a NUL somewhere, and a client may send one.
 */
export const decisions: Source = {
  columns: [
    'event',
    'time',
    'session',
    'exchange',
    'direction',
    'provider',
    'model',
    'action',
    'mode',
    'policySet',
    'policies',
    'findingTypes',
    'findings',
  ],
  isStable: true,
  async count({ database }, selection) {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from audit.recorded_events where ${isDeciding} and ${eventCondition(selection)}`.execute(
      database,
    )
    return rows[0]!.count
  },
  async *rows(snapshot, selection, after, limit) {
    const condition = sql`${isDeciding} and ${eventCondition(selection)}`
    for await (const recorded of recordedEvents(snapshot, condition, after, limit)) yield recorded.map(toRow)
  },
}

function toRow({ id, time: at, event }: RecordedEvent): ExportedRow {
  const { type, time, session, exchange, data } = JSON.parse(event.toString('utf8')) as Envelope
  const { provider = null, model, request, decision } = data as Decided
  const place = {
    event: id,
    time,
    session: session ?? null,
    exchange: exchange ?? null,
    direction: type.startsWith('airs.request') ? 'request' : 'response',
    provider,
    model: model ?? request?.model ?? null,
  }
  const { action, mode, policySet, verdicts, findings } = decision
  return {
    id,
    time: at,
    label: action,
    json: JSON.stringify({ ...place, decision }),
    cells: () => [
      ...Object.values(place),
      action,
      mode,
      policySet,
      verdicts.map(({ policy, version }) => `${policy}@${version}`).join(';'),
      [...new Set(findings.map((finding) => finding.type))].join(';'),
      JSON.stringify(findings),
    ],
  }
}
