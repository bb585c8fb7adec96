import { type AlertsApi, createAlertsApi } from './alerts.ts'
import { type AnomaliesApi, createAnomaliesApi } from './anomalies.ts'
import { type ArchiveApi, createArchiveApi } from './archive.ts'
import { type AuditApi, createAuditApi } from './audit.ts'
import { type BacktestsApi, createBacktestsApi } from './backtests.ts'
import { baseUrl } from './base-url.ts'
import { createCall, type ResponseOf } from './call.ts'
import { createDeadLettersApi, type DeadLettersApi } from './dead-letters.ts'
import { createErasuresApi, type ErasuresApi } from './erasures.ts'
import { ArgumentError } from './errors.ts'
import { createEventsApi, type EventsApi } from './events.ts'
import { createExchangesApi, type ExchangesApi } from './exchanges.ts'
import { createExportsApi, type ExportsApi } from './exports.ts'
import { createFiguresApi, type FiguresApi } from './figures.ts'
import { createHoldsApi, type HoldsApi } from './holds.ts'
import { createImportsApi, type ImportsApi } from './imports.ts'
import { createKeysApi, type KeysApi } from './keys.ts'
import { createLogApi, type LogApi } from './log.ts'
import { createMcpApi, type McpApi } from './mcp.ts'
import { createModeApi, type ModeApi } from './mode.ts'
import { createPoliciesApi, type PoliciesApi } from './policies.ts'
import { createQuarantineApi, type QuarantineApi } from './quarantine.ts'
import { type ReportedReadiness, readReadiness } from './readiness.ts'
import { createRetentionApi, type RetentionApi } from './retention.ts'
import { createSessionsApi, type SessionsApi } from './sessions.ts'
import { createTransport } from './transport.ts'

/** The control APIs. Every call throws ApiClientError for an error response, UnreachableError where there is no response. */
export type Client = {
  url: string
  /** Resolves when a process of AIRS-CP responds there; it may be any of them, and needs no token. */
  alive(): Promise<void>
  /** The Prometheus text of whichever process responds there; needs no token. */
  metrics(): Promise<string>
  /** Health of the whole; needs no token. */
  readiness(): Promise<ReportedReadiness>
  /** An address that logs a browser in to the console with this client's token, once. */
  loginLink(): Promise<ResponseOf<'POST /session/links'>>
  alerts: AlertsApi
  anomalies: AnomaliesApi
  archive: ArchiveApi
  audit: AuditApi
  backtests: BacktestsApi
  deadLetters: DeadLettersApi
  erasures: ErasuresApi
  holds: HoldsApi
  retention: RetentionApi
  events: EventsApi
  exchanges: ExchangesApi
  exports: ExportsApi
  figures: FiguresApi
  imports: ImportsApi
  keys: KeysApi
  log: LogApi
  mcp: McpApi
  mode: ModeApi
  policies: PoliciesApi
  quarantine: QuarantineApi
  sessions: SessionsApi
  /** Cuts what is under way. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * @param url of the control origin, such as `http://localhost:8090`.
 * @throws ArgumentError when it is not an address, or the token cannot be one.
 */
export function createClient({ url, token }: { url: string; token?: string }): Client {
  const base = baseUrl(url)
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw new ArgumentError(
      'The token has characters that no token has: spaces, line breaks or letters beyond ASCII',
    )
  const transport = createTransport(base, token)
  const call = createCall(transport)
  return {
    url: base,
    alive: async () => void (await transport.json('GET', '/healthz')),
    metrics: () => transport.text('GET', '/metrics'),
    readiness: () => readReadiness(transport),
    loginLink: () => call('POST /session/links'),
    alerts: createAlertsApi(call),
    anomalies: createAnomaliesApi(call),
    archive: createArchiveApi(transport, call),
    audit: createAuditApi(transport, call),
    backtests: createBacktestsApi(call),
    deadLetters: createDeadLettersApi(call),
    erasures: createErasuresApi(call),
    holds: createHoldsApi(call),
    retention: createRetentionApi(transport, call),
    events: createEventsApi(transport),
    exchanges: createExchangesApi(call),
    exports: createExportsApi(transport, call),
    figures: createFiguresApi(call),
    imports: createImportsApi(call),
    keys: createKeysApi(call),
    log: createLogApi(transport, call),
    mcp: createMcpApi(call),
    mode: createModeApi(call),
    policies: createPoliciesApi(call),
    quarantine: createQuarantineApi(call),
    sessions: createSessionsApi(call),
    close: transport.close,
    [Symbol.asyncDispose]: transport.close,
  }
}
