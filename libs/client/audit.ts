import type { Call, ResponseOf } from './call.ts'

export type AuditSummary = ResponseOf<'GET /v1/audit'>
export type OpenExchange = ResponseOf<'GET /v1/audit/open-exchanges'>['exchanges'][number]

export type AuditApi = {
  /** With all journals, or those that are not complete and the newest of the others. */
  summary(options?: { journals?: 'newest' | 'all' }): Promise<AuditSummary>
  /** Exchanges whose outcome has not arrived, oldest first; a thousand at most. */
  openExchanges(): Promise<OpenExchange[]>
}

export function createAuditApi(call: Call): AuditApi {
  return {
    summary: (query = {}) => call('GET /v1/audit', { query }),
    openExchanges: async () => (await call('GET /v1/audit/open-exchanges')).exchanges,
  }
}
