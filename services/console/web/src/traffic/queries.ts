import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type Schemas } from '../api/client.ts'
import type { Span } from '../shell/time-range.ts'
import type { Filters } from './filters.ts'

export type FoundExchange = Schemas['FoundExchange']

const pageSize = 100

/** Pages of a search, newest first. A page may be empty although more follow. */
export const trafficQuery = (filters: Filters, span: Span) =>
  infiniteQueryOptions({
    queryKey: ['traffic', filters, span],
    queryFn: ({ pageParam, signal }) =>
      read(
        api.GET('/v1/exchanges', {
          params: {
            query: {
              ...filters,
              ...span,
              limit: pageSize,
              ...(pageParam && { after: pageParam }),
            } as never,
          },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
    staleTime: 30_000,
  })

export const valuesQuery = queryOptions({
  queryKey: ['exchange-values'],
  queryFn: async ({ signal }) => (await read(api.GET('/v1/exchanges/values', { signal }))).values,
  staleTime: 30_000,
})
