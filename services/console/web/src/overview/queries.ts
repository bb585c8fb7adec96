import { queryOptions } from '@tanstack/react-query'
import { api, read, type Schemas } from '../api/client.ts'
import type { Range } from '../shell/time-range.ts'

export type Overview = Schemas['Overview']
export type Usage = Schemas['Usage']

export const overviewQuery = (range: Range, live: boolean) =>
  queryOptions({
    queryKey: ['overview', range],
    queryFn: ({ signal }) => read(api.GET('/v1/overview', { params: { query: { from: range } }, signal })),
    refetchInterval: live ? 5_000 : false,
    placeholderData: (before) => before,
  })

export const errorsQuery = (live: boolean) =>
  queryOptions({
    queryKey: ['recent-errors'],
    queryFn: async ({ signal }) =>
      (await read(api.GET('/v1/exchanges/errors', { params: { query: { limit: 8 } }, signal }))).exchanges,
    refetchInterval: live ? 5_000 : false,
  })
