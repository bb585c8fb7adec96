import type { AnomalyFound } from '@airs-cp/events'
import type { Transport } from './transport.ts'

export type Anomaly = Omit<AnomalyFound, 'previous'> & {
  id: string
  tenant: string
  previous: string | null
  foundAt: string
}

/** What was seen of an agent. */
export type AgentConduct = {
  tenant: string
  agent: string
  calls: number
  sessions: number
  mostCallsInASession: number
  unread: number
  tools: { tool: string; calls: number }[]
  steps: { previous: string; tool: string; times: number }[]
}

export type AnomaliesApi = {
  /** Newest first. */
  list(query?: { agent?: string; limit?: number }): Promise<Anomaly[]>
  agents(): Promise<AgentConduct[]>
}

export function createAnomaliesApi({ json }: Transport): AnomaliesApi {
  return {
    list: async (query = {}) =>
      (await json<{ anomalies: Anomaly[] }>('GET', '/v1/anomalies', { query })).anomalies,
    agents: async () => (await json<{ agents: AgentConduct[] }>('GET', '/v1/agents')).agents,
  }
}
