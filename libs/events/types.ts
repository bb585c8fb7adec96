/** Every event type that AIRS-CP records. A type is a versioned past-tense fact; its data schema never changes under one version. */
export const eventTypes = {
  requestReceived: 'airs.request-received.v1',
  requestBlocked: 'airs.request-blocked.v1',
  requestRejected: 'airs.request-rejected.v1',
  responseCompleted: 'airs.response-completed.v1',
  responseBlocked: 'airs.response-blocked.v1',
  responseFailed: 'airs.response-failed.v1',
  responseAborted: 'airs.response-aborted.v1',
  exchangeAbandoned: 'airs.exchange-abandoned.v1',
  contentRecorded: 'airs.content-recorded.v1',
  ingressStarted: 'airs.ingress-started.v1',
  journalDamaged: 'airs.journal-damaged.v1',
  journalPurged: 'airs.journal-purged.v1',
  eventOmitted: 'airs.event-omitted.v1',
  policySetActivated: 'airs.policy-set-activated.v1',
  policySetRejected: 'airs.policy-set-rejected.v1',
  mcpToolsPinned: 'airs.mcp-tools-pinned.v1',
  mcpToolDrifted: 'airs.mcp-tool-drifted.v1',
  mcpToolRestored: 'airs.mcp-tool-restored.v1',
  mcpToolApproved: 'airs.mcp-tool-approved.v1',
  mcpToolRefused: 'airs.mcp-tool-refused.v1',
  policyApplied: 'airs.policy-applied.v1',
  policyRemoved: 'airs.policy-removed.v1',
  modeChanged: 'airs.mode-changed.v1',
  backtestRequested: 'airs.backtest-requested.v1',
  backtestCompleted: 'airs.backtest-completed.v1',
  backtestFailed: 'airs.backtest-failed.v1',
  backtestCancelled: 'airs.backtest-cancelled.v1',
  quarantineRuleChanged: 'airs.quarantine-rule-changed.v1',
  sessionQuarantined: 'airs.session-quarantined.v1',
  sessionReleased: 'airs.session-released.v1',
  callerQuarantined: 'airs.caller-quarantined.v1',
  callerReleased: 'airs.caller-released.v1',
  anomalyFound: 'airs.anomaly-found.v1',
  keyCreated: 'airs.key-created.v1',
  keyChanged: 'airs.key-changed.v1',
  keyRotated: 'airs.key-rotated.v1',
  keyRevoked: 'airs.key-revoked.v1',
  exportRequested: 'airs.export-requested.v1',
  exportCompleted: 'airs.export-completed.v1',
  exportFailed: 'airs.export-failed.v1',
  exportCancelled: 'airs.export-cancelled.v1',
  exportDeleted: 'airs.export-deleted.v1',
  exportDownloaded: 'airs.export-downloaded.v1',
  importBegun: 'airs.import-begun.v1',
  eventBuried: 'airs.event-buried.v1',
  journalGapFound: 'airs.journal-gap-found.v1',
  journalGapClosed: 'airs.journal-gap-closed.v1',
  contentRead: 'airs.content-read.v1',
  erasureRequested: 'airs.erasure-requested.v1',
  erasureCompleted: 'airs.erasure-completed.v1',
  logBegun: 'airs.log-begun.v1',
  logKeysChanged: 'airs.log-keys-changed.v1',
  logProblemFound: 'airs.log-problem-found.v1',
  logProblemSolved: 'airs.log-problem-solved.v1',
} as const

export type EventType = (typeof eventTypes)[keyof typeof eventTypes]

/** Events that may hold content: what was said, or a text of somebody else. */
export const contentTypes: readonly EventType[] = [
  eventTypes.requestReceived,
  eventTypes.requestBlocked,
  eventTypes.requestRejected,
  eventTypes.responseCompleted,
  eventTypes.responseBlocked,
  eventTypes.responseFailed,
  eventTypes.responseAborted,
  eventTypes.contentRecorded,
  eventTypes.eventOmitted,
]

/** Events that open an exchange; exactly one of them per exchange. `requestBlocked` and `requestRejected` also end it. */
export const openingTypes = [
  eventTypes.requestReceived,
  eventTypes.requestBlocked,
  eventTypes.requestRejected,
] as const

/** Events that end an exchange that `requestReceived` opened; exactly one of them per such exchange. */
export const outcomeTypes = [
  eventTypes.responseCompleted,
  eventTypes.responseBlocked,
  eventTypes.responseFailed,
  eventTypes.responseAborted,
  eventTypes.exchangeAbandoned,
] as const
