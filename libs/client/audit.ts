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

export type AuditApi = { summary(): Promise<AuditSummary> }

export function createAuditApi({ json }: Transport): AuditApi {
  return { summary: () => json('GET', '/v1/audit') }
}
