import type { Call, ResponseOf } from './call.ts'
import type { Transport } from './transport.ts'

export type AuditSummary = ResponseOf<'GET /v1/audit'>
export type OpenExchange = ResponseOf<'GET /v1/audit/open-exchanges'>['exchanges'][number]

export type AuditApi = {
  /** With all journals, or those that are not complete and the newest of the others. */
  summary(options?: { journals?: 'newest' | 'all' }): Promise<AuditSummary>
  /** A signed statement of a range; `readStatement` of `@airs-cp/manifest` checks it. */
  statement(range: { from?: Date; until?: Date }): Promise<string>
  /** Exchanges whose outcome has not arrived, oldest first; a thousand at most. */
  openExchanges(): Promise<OpenExchange[]>
}

export function createAuditApi({ text }: Transport, call: Call): AuditApi {
  return {
    summary: (query = {}) => call('GET /v1/audit', { query }),
    statement: ({ from, until }) =>
      text('GET', '/v1/audit/statement', {
        query: { from: from?.toISOString(), until: until?.toISOString() },
      }),
    openExchanges: async () => (await call('GET /v1/audit/open-exchanges')).exchanges,
  }
}
