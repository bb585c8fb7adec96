import type { CommandEntry } from './command-entry.ts'

/** Every command of `airs`, in the order of its help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'export',
    summary: 'export what was recorded',
    load: async () => (await import('./commands/export.ts')).configureExport,
  },
  {
    name: 'exports',
    summary: 'exports that were made, and their files',
    load: async () => (await import('./commands/exports.ts')).configureExports,
  },
  {
    name: 'import',
    summary: 'import events that another AIRS-CP has exported',
    load: async () => (await import('./commands/import.ts')).configureImport,
  },
  {
    name: 'archive',
    summary: 'archive days that are over as Parquet, with proof',
    load: async () => (await import('./commands/archive.ts')).configureArchive,
  },
  {
    name: 'query',
    summary: 'ask the archive and the event store in SQL',
    load: async () => (await import('./commands/query.ts')).configureQuery,
  },
  {
    name: 'verify',
    summary: 'check an export, an archived day, a receipt or a statement, offline',
    load: async () => (await import('./commands/verify.ts')).configureVerify,
  },
  {
    name: 'prove',
    summary: 'a receipt of an event or an exchange, which verifies offline',
    load: async () => (await import('./commands/prove.ts')).configureProve,
  },
  {
    name: 'audit',
    summary: 'a signed statement of how complete a range is',
    load: async () => (await import('./commands/audit.ts')).configureAudit,
  },
  {
    name: 'erase',
    summary: 'erase the content of exchanges for ever; what is left stays provable',
    load: async () => (await import('./commands/erase.ts')).configureErase,
  },
  {
    name: 'erasures',
    summary: 'what was erased, when, by whom and why',
    load: async () => (await import('./commands/erasures.ts')).configureErasures,
  },
  {
    name: 'retention',
    summary: 'for how long content and metadata are kept, and what was dropped',
    load: async () => (await import('./commands/retention.ts')).configureRetention,
  },
  {
    name: 'hold',
    summary: 'protect exchanges from retention and erasure',
    load: async () => (await import('./commands/hold.ts')).configureHold,
  },
  {
    name: 'offboard',
    summary: 'leave: drain, export everything, check it, say what is left to do',
    load: async () => (await import('./commands/offboard.ts')).configureOffboard,
  },
  {
    name: 'status',
    summary: 'health of every service, the mode, upstreams, spend, and what is recorded',
    load: async () => (await import('./commands/status.ts')).configureStatus,
  },
  {
    name: 'overview',
    summary: 'figures of a time range: decisions, errors, latency, tokens, cost',
    load: async () => (await import('./commands/overview.ts')).configureOverview,
  },
  {
    name: 'usage',
    summary: 'exchanges, errors, tokens and cost by agent, key, model and so on',
    load: async () => (await import('./commands/usage.ts')).configureUsage,
  },
  {
    name: 'changes',
    summary: 'who changed what of the control plane, and what it was before',
    load: async () => (await import('./commands/changes.ts')).configureChanges,
  },
  {
    name: 'tail',
    summary: 'watch events as they are recorded',
    load: async () => (await import('./commands/tail.ts')).configureTail,
  },
  {
    name: 'events',
    summary: 'search recorded events, or show one',
    load: async () => (await import('./commands/events.ts')).configureEvents,
  },
  {
    name: 'exchanges',
    summary: 'search exchanges, or show one as a person reads it',
    load: async () => (await import('./commands/exchanges.ts')).configureExchanges,
  },
  {
    name: 'sessions',
    summary: 'sessions and their exchanges',
    load: async () => (await import('./commands/sessions.ts')).configureSessions,
  },
  {
    name: 'mcp',
    summary: 'MCP servers behind the gateway: their tools, what changed, and clients that speak stdio',
    load: async () => (await import('./commands/mcp.ts')).configureMcp,
  },
  {
    name: 'policy',
    summary: 'apply, compare, backtest, roll back or remove policies',
    load: async () => (await import('./commands/policy.ts')).configurePolicy,
  },
  {
    name: 'mode',
    summary: 'show or set the global mode: observe, enforce, off (bypass) or stop (kill switch)',
    load: async () => (await import('./commands/mode.ts')).configureMode,
  },
  {
    name: 'log',
    summary: 'the transparency log: state, keys, a copy of it',
    load: async () => (await import('./commands/log.ts')).configureLog,
  },
  {
    name: 'witness',
    summary: 'be a witness of the transparency logs of others',
    load: async () => (await import('./commands/witness.ts')).configureWitness,
  },
  {
    name: 'quarantine',
    summary: 'sessions, client keys and credentials that are refused: list, add, release, and the rule',
    load: async () => (await import('./commands/quarantine.ts')).configureQuarantine,
  },
  {
    name: 'anomalies',
    summary: 'what agents did that they had not done before',
    load: async () => (await import('./commands/anomalies.ts')).configureAnomalies,
  },
  {
    name: 'console',
    summary: 'a link that opens the console and logs in',
    load: async () => (await import('./commands/console.ts')).configureConsole,
  },
  {
    name: 'alerts',
    summary: 'alerts to webhooks, and what became of them',
    load: async () => (await import('./commands/alerts.ts')).configureAlerts,
  },
  {
    name: 'configuration',
    summary: 'what each process runs with',
    load: async () => (await import('./commands/configuration.ts')).configureConfiguration,
  },
  {
    name: 'keys',
    summary: 'client keys: create, list, show, edit, rotate, revoke',
    load: async () => (await import('./commands/keys.ts')).configureKeys,
  },
  {
    name: 'tokens',
    summary: 'make a token of the control APIs',
    load: async () => (await import('./commands/tokens.ts')).configureTokens,
  },
  {
    name: 'dead-letters',
    summary: 'events that a service could not apply, and another try',
    load: async () => (await import('./commands/dead-letters.ts')).configureDeadLetters,
  },
  {
    name: 'doctor',
    summary: 'find out what is wrong, and what to do about it',
    load: async () => (await import('./commands/doctor.ts')).configureDoctor,
  },
  {
    name: 'connect',
    summary: 'what to set so that a client or coding agent goes through AIRS-CP',
    load: async () => (await import('./commands/connect.ts')).configureConnect,
  },
  {
    name: 'completion',
    summary: 'print a completion script for bash, zsh or fish',
    load: async () => (await import('./commands/completion.ts')).configureCompletion,
  },
  {
    name: 'help',
    summary: 'print help for a command',
    load: async () => (await import('./commands/help.ts')).configureHelp,
  },
]
