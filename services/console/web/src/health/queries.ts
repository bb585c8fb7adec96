import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type Schemas, unreachable } from '../api/client.ts'

export const serviceNames = ['audit', 'policy', 'lineage', 'export'] as const
export type ServiceName = (typeof serviceNames)[number]
export type Readiness = Schemas['Readiness']

/** 503 is a response here: it says what is not ready. */
export const readinessQuery = queryOptions({
  queryKey: ['readiness'],
  queryFn: async ({ signal }) => {
    try {
      return (await (await fetch('/readyz', { signal })).json()) as Readiness
    } catch (error) {
      throw signal.aborted ? error : unreachable()
    }
  },
  retry: false,
  refetchInterval: 5_000,
})

export const serviceQuery = (service: ServiceName) =>
  queryOptions({
    queryKey: ['service', service],
    queryFn: ({ signal }) =>
      read(api.GET('/v1/services/{service}', { params: { path: { service } }, signal })),
    refetchInterval: 5_000,
  })

export const deadLettersQuery = (service: ServiceName) =>
  queryOptions({
    queryKey: ['dead-letters', service],
    queryFn: async ({ signal }) =>
      (await read(api.GET('/v1/dead-letters/{service}', { params: { path: { service } }, signal })))
        .deadLetters,
    refetchInterval: 15_000,
  })

export type Alert = Schemas['Alert']

export const alertsQuery = queryOptions({
  queryKey: ['alerts'],
  queryFn: ({ signal }) => read(api.GET('/v1/alerts', { params: { query: { limit: 100 } }, signal })),
  refetchInterval: 15_000,
})

export const auditQuery = queryOptions({
  queryKey: ['audit', 'journals'],
  queryFn: ({ signal }) => read(api.GET('/v1/audit', { signal })),
  refetchInterval: 5_000,
})

export const ingressesQuery = queryOptions({
  queryKey: ['ingresses'],
  queryFn: async ({ signal }) => (await read(api.GET('/v1/ingresses', { signal }))).ingresses,
})

export const changesQuery = infiniteQueryOptions({
  queryKey: ['changes'],
  queryFn: ({ pageParam, signal }) =>
    read(
      api.GET('/v1/changes', {
        params: { query: { limit: 50, ...(pageParam !== null && { after: pageParam }) } },
        signal,
      }),
    ),
  initialPageParam: null as number | null,
  getNextPageParam: ({ next }) => next ?? undefined,
})
