import type { JournalProgress } from '@airs-cp/events'
import type { Transport } from './transport.ts'

export type AuditSummary = {
  events: number
  /** Exchanges whose outcome has not arrived. */
  openExchanges: number
  /** Exchanges that were closed because their outcome never came. */
  abandonedExchanges: number
  /** Places in journals where events are missing: still awaited, or destroyed. */
  gaps: { open: number; lostEvents: number }
  journals: ({ journal: string } & JournalProgress)[]
}

export type OpenExchange = { exchange: string; session: string | null; tenant: string; time: string }

export type AuditApi = {
  summary(): Promise<AuditSummary>
  /** Exchanges whose outcome has not arrived, oldest first; a thousand at most. */
  openExchanges(): Promise<OpenExchange[]>
}

export function createAuditApi({ json }: Transport): AuditApi {
  return {
    summary: () => json('GET', '/v1/audit'),
    openExchanges: async () =>
      (await json<{ exchanges: OpenExchange[] }>('GET', '/v1/audit/open-exchanges')).exchanges,
  }
}
