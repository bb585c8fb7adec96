import type { Call, ResponseOf } from './call.ts'

export type AuditSummary = ResponseOf<'GET /v1/audit'>
export type OpenExchange = ResponseOf<'GET /v1/audit/open-exchanges'>['exchanges'][number]

export type AuditApi = {
  summary(): Promise<AuditSummary>
  /** Exchanges whose outcome has not arrived, oldest first; a thousand at most. */
  openExchanges(): Promise<OpenExchange[]>
}

export function createAuditApi(call: Call): AuditApi {
  return {
    summary: () => call('GET /v1/audit'),
    openExchanges: async () => (await call('GET /v1/audit/open-exchanges')).exchanges,
  }
}
