import type { Call, QueryOf, ResponseOf } from './call.ts'

export type Anomaly = ResponseOf<'GET /v1/anomalies'>['anomalies'][number]

/** What was seen of an agent. */
export type AgentConduct = ResponseOf<'GET /v1/agents'>['agents'][number]

export type AnomaliesApi = {
  /** Newest first. */
  list(query?: QueryOf<'GET /v1/anomalies'>): Promise<Anomaly[]>
  agents(): Promise<AgentConduct[]>
}

export function createAnomaliesApi(call: Call): AnomaliesApi {
  return {
    list: async (query = {}) => (await call('GET /v1/anomalies', { query })).anomalies,
    agents: async () => (await call('GET /v1/agents')).agents,
  }
}
