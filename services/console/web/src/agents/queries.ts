import { queryOptions } from '@tanstack/react-query'
import { api, read, type Schemas } from '../api/client.ts'

export type Agent = Schemas['AgentConduct']
export type Anomaly = Schemas['Anomaly']

export const agentsQuery = queryOptions({
  queryKey: ['agents'],
  queryFn: async ({ signal }) => (await read(api.GET('/v1/agents', { signal }))).agents,
})

export const anomaliesQuery = queryOptions({
  queryKey: ['anomalies'],
  queryFn: async ({ signal }) =>
    (await read(api.GET('/v1/anomalies', { params: { query: { limit: 100 } }, signal }))).anomalies,
  refetchInterval: 10_000,
})

export const quarantineQuery = queryOptions({
  queryKey: ['quarantine'],
  queryFn: ({ signal }) => read(api.GET('/v1/quarantine', { params: { query: { limit: 200 } }, signal })),
  refetchInterval: 10_000,
})
