export type { Alert, AlertsApi } from './alerts.ts'
export type { AgentConduct, AnomaliesApi, Anomaly } from './anomalies.ts'
export type { Archive, ArchiveApi, ArchivedDay } from './archive.ts'
export type { AuditApi, AuditSummary, OpenExchange } from './audit.ts'
export type {
  Backtest,
  BacktestCounts,
  BacktestReport,
  BacktestRequest,
  BacktestsApi,
} from './backtests.ts'
export { baseUrl } from './base-url.ts'
export { type Client, createClient } from './create-client.ts'
export { type DeadLetter, type DeadLettersApi, deadLetterServices } from './dead-letters.ts'
export type { DownloadOptions } from './download-export.ts'
export type { Erasure, ErasurePreview, ErasureSelection, ErasuresApi } from './erasures.ts'
export {
  ApiClientError,
  ArgumentError,
  BacktestEndedError,
  DigestMismatchError,
  ExportEndedError,
  UnreachableError,
} from './errors.ts'
export { eventTypesByName, findEventType } from './event-type.ts'
export type { EventsApi } from './events.ts'
export type {
  Conversation,
  ConversationMessage,
  ExchangeDetails,
  ExchangeQuery,
  ExchangesApi,
  FoundExchange,
} from './exchanges.ts'
export type { ExportJob, ExportRequest, ExportsApi, Manifest } from './exports.ts'
export {
  type ChangeQuery,
  type ControlChange,
  type FiguresApi,
  type Ingress,
  type Overview,
  type ServiceState,
  type UsageKind,
  type UsageReport,
  usageKinds,
} from './figures.ts'
export type { FollowOptions } from './follow-events.ts'
export type { Hold, HoldsApi } from './holds.ts'
export type { ImportBatch, ImportsApi } from './imports.ts'
export { isLoopback } from './is-loopback.ts'
export { isPassing } from './is-passing.ts'
export type { Key, KeysApi } from './keys.ts'
export { type LaptopStack, readLaptopStack } from './laptop-stack.ts'
export type { LogApi, LogStatus, LogSuccessor, Receipt } from './log.ts'
export type { McpApi, McpServer, McpTool } from './mcp.ts'
export type { ModeApi, ModeChange, ModeSetting } from './mode.ts'
export { pause } from './pause.ts'
export type {
  Activation,
  AppliedPolicy,
  ApplyOptions,
  ChangeOptions,
  PoliciesApi,
  Policy,
  PolicyChange,
  PolicyDiff,
  PolicyVersion,
} from './policies.ts'
export type { CallerQuarantine, Quarantine, QuarantineApi } from './quarantine.ts'
export type { Readiness, ReportedReadiness, ServiceReadiness } from './readiness.ts'
export type {
  EventEnvelope,
  EventFilter,
  EventPage,
  EventQuery,
  RecordedEvent,
} from './recorded-events.ts'
export type { Drop, Retention, RetentionApi, RetentionChange } from './retention.ts'
export type {
  Exchange,
  Lineage,
  LineageEdge,
  LineageNode,
  Session,
  SessionQuery,
  SessionSummary,
  SessionsApi,
  Trace,
  TraceQuery,
} from './sessions.ts'
export type { WaitOptions } from './wait-for.ts'
