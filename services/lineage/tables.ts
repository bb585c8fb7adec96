import type { Generated } from 'kysely'

/** The schema `lineage`. */
export type LineageTables = {
  'lineage.sessions': {
    session: string
    tenant: string
    started_at: string | Date
    last_active_at: string | Date
  }
  'lineage.exchanges': {
    exchange: string
    session: string
    tenant: string
    state: Generated<ExchangeState>
    format: string | null
    path: string | null
    provider: string | null
    model: string | null
    stream: boolean | null
    agent: string | null
    tags: string[]
    request_event: string | null
    request_action: string | null
    requested_at: string | Date | null
    outcome_event: string | null
    response_action: string | null
    ended_at: string | Date | null
    status: number | null
    input_tokens: number | null
    output_tokens: number | null
    error_code: string | null
  }
}

export type ExchangeState =
  | 'open'
  | 'completed'
  | 'request-blocked'
  | 'request-rejected'
  | 'response-blocked'
  | 'failed'
  | 'aborted'
  | 'abandoned'
