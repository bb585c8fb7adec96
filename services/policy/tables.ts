import type { AnomalyFound, Mode, QuarantineTarget, SessionQuarantined } from '@airs-cp/events'
import type { ColumnType, Generated } from 'kysely'

export type BacktestState = 'queued' | 'completed' | 'failed' | 'cancelled'

/** The schema `policy`. */
export type PolicyTables = {
  /** Every version of every policy; the current one of a policy is its highest. */
  'policy.versions': {
    name: string
    version: number
    /** YAML as applied; null where this version removed the policy. */
    document: string | null
    actor: string
    applied_at: string | Date
    reason: string | null
    /** The earlier version whose document this one has again. */
    restores: number | null
    /** Digest of the backtest's report that was shown for it. */
    backtest: string | null
  }
  'policy.mode_changes': {
    /** The event's. */
    id: string
    mode: Mode
    reason: string
    message: string | null
    actor: string
    changed_at: string | Date
  }
  /** Which policy set each ingress process decides by, as far as it has reported. */
  'policy.activations': {
    source: string
    set_version: number
    /** What else it had reported then; null for an ingress that reports none. */
    mode_version: Generated<number | null>
    keys_version: Generated<number | null>
    quarantine_version: Generated<number | null>
    tools_version: Generated<number | null>
    /** Not waited for any more: it did not respond in time, and counts again when it does. */
    silent: Generated<boolean>
    /** The last set that it could not use, and why; null once it has taken another. */
    rejected_version: Generated<number | null>
    rejected_error: Generated<string | null>
    updated_at: string | Date
  }
  /** How often the keys, the quarantine and the decisions on tools were changed. */
  'policy.revisions': { part: 'keys' | 'quarantine' | 'tools'; version: number }
  /** Servers of the Model Context Protocol, as each ingress process that has started has them. */
  'policy.mcp_servers': { source: string; name: string; url: string; started_at: string | Date }
  /** Tools of those servers: how they are expected to be defined, and how they are. */
  'policy.mcp_tools': {
    server: string
    tool: string
    /** As it was seen first. Null: it was never pinned. */
    pinned: string | null
    /** As it was seen last. */
    found: string
    /** The exchanges that brought those. */
    pinned_exchange: string | null
    found_exchange: string
    found_at: string | Date
    /** The configuration of an ingress says how it is to be. */
    is_configured: Generated<boolean>
  }
  /** What people have decided on those, by digest of the definition. */
  'policy.mcp_decisions': {
    server: string
    tool: string
    approved: string | null
    refused: string | null
    actor: string
    decided_at: string | Date
    reason: string
  }
  'policy.backtests': {
    id: string
    state: Generated<BacktestState>
    /** JSON, see `BacktestRequested`. */
    request: unknown
    actor: string
    requested_at: string | Date
    ended_at: string | Date | null
    digest: string | null
    /** JSON, see `BacktestReport`. */
    report: unknown
    error: string | null
  }
  /** Events that a projection has found out, until they are appended to the stream. Their ids are made of what they follow from. */
  'policy.outbox': { id: string; type: string; tenant: string; data: unknown; created_at: Generated<Date> }
  /** What the rule was from when on; none until it was ever set. */
  'policy.quarantine_rules': {
    /** The event's. */
    id: string
    changed_at: string | Date
    violations: number
    within_seconds: number
    for_seconds: number
    target: Generated<QuarantineTarget>
  }
  /** Exchanges that an enforcing policy refused, by side; as far back as the rule looks. */
  'policy.violations': { id: string; tenant: string; session: string; caller: string; time: string | Date }
  /** The last quarantine of each session of a caller, and of each caller. */
  'policy.quarantines': {
    /** `*` where it is the caller that is quarantined. */
    tenant: string
    /** Empty: all that the caller does. */
    session: string
    /** Whose session of this name; empty: whoever's. */
    caller: string
    quarantined_at: string | Date
    until: string | Date
    cause: SessionQuarantined['cause']
    reason: string
    policy: string | null
    exchange: string | null
    violations: number | null
    actor: string
    released_at: string | Date | null
    released_by: string | null
    release_reason: string | null
  }
  /** Exchanges under way of agents that say who they are. */
  'policy.agent_exchanges': { exchange: string; tenant: string; agent: string; session: string }
  'policy.agent_sessions': {
    tenant: string
    agent: string
    session: string
    /** Of tools. */
    calls: number
    last_tool: string | null
    /** Excessive calls of it are reported already. */
    is_reported: boolean
    /** Responses that were too large to be looked at. */
    unread: Generated<number>
    last_seen: Generated<Date>
  }
  /** Of the sessions that ended (`foldIdleSessions`). */
  'policy.agent_totals': {
    tenant: string
    agent: string
    /** Those with calls. */
    sessions: number
    calls: number
    /** That one session has made. */
    most_calls: number
    unread: number
  }
  'policy.anomalies': {
    id: string
    tenant: string
    agent: string
    kind: AnomalyFound['kind']
    tool: string
    previous: string | null
    session: string
    exchange: string
    explanation: string
    /** JSON */
    baseline: ColumnType<AnomalyFound['baseline'], string>
    found_at: string | Date
  }
  /** Alerts to webhooks, one row per address. */
  'policy.alerts': {
    event_id: string
    /** SHA-256 of the address, which may itself be a secret. */
    target: string
    type: string
    body: string
    state: Generated<'waiting' | 'delivered' | 'failed' | 'dropped'>
    attempts: Generated<number>
    created_at: Generated<Date>
    try_at: Generated<Date>
    ended_at: Date | null
    last_error: string | null
  }
  'policy.keys': {
    id: string
    name: string
    /** JSON, see `KeyCreated`. */
    match: unknown
    limits: unknown
    /** JSON, see `KeyIdentity`. */
    fixed: Generated<unknown>
    /** JSON: secrets that were replaced, and until when they are accepted. */
    former: Generated<unknown>
    /** In total. */
    spent_usd_micros: Generated<number>
    actor: string
    created_at: string | Date
    /** When it was edited or rotated last. */
    changed_at: string | Date | null
    revoked_at: string | Date | null
  }
  /** What a key has spent on a day (UTC). */
  'policy.key_spending': { key_id: string; day: string | Date; usd_micros: number }
  /** One row: the global mode and the version of the whole set, which every change raises by one. */
  'policy.settings': {
    singleton: Generated<boolean>
    mode: Mode
    mode_reason: string
    /** For clients, while the mode is `stop`. */
    mode_message: string | null
    set_version: number
  }
}
