import type { ExchangeState } from '@airs-cp/events'
import type { Generated } from 'kysely'

/** What is searched. Everything here is derived from the events. */
export type SearchTables = {
  'audit.exchanges': {
    exchange: string
    tenant: string
    session: string | null
    state: ExchangeState
    requested_at: Date | null
    ended_at: Date | null
    format: string | null
    path: string | null
    provider: string | null
    /** Of an exchange with an MCP server: its method, and the tool, prompt or resource. */
    operation: string | null
    model: string | null
    /** As the provider names the model that responded. */
    answered_model: string | null
    agent: string | null
    /** As in the envelope; null in rows of before it was noted. */
    caller: string | null
    key_id: string | null
    key_name: string | null
    /** Fingerprint; null in rows of before it was noted. */
    credential: string | null
    tags: string[]
    /** The stronger of what was done about the request and the response. */
    decision: string | null
    /** Those that asked for more than to allow it, enforced or not. */
    policies: string[]
    /** Of those policies: name, action, and `enforced` or `observed`, a line each. */
    verdicts: string[]
    findings: number
    finding_types: string[]
    status: number | null
    error_code: string | null
    input_tokens: number | null
    output_tokens: number | null
    cost_usd_micros: number | null
    duration_ms: number | null
  }
  /** Exchanges by what they can be searched for, each label in the order of time. */
  'audit.exchange_labels': { label: string; exchange: string }
  /** Values that exist, so that the error for an unknown one names those that are known. */
  'audit.search_values': { kind: string; value: string }
  /** Words that were said. `number` is their order of arrival. */
  'audit.exchange_words': { number: Generated<number>; exchange: string; words: string }
  'audit.words_pending': { exchange: string }
  /** The events up to `until_position` were recorded before there was a search; those up to `position` are in it. */
  'audit.search_backfill': { position: number; until_position: number }
}
