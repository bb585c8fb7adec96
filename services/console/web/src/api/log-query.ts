import { queryOptions } from '@tanstack/react-query'
import { api, read } from './client.ts'

/** The transparency log: its size, what is signed of it, and whether anything is wrong with it. */
export const logQuery = queryOptions({
  queryKey: ['log'],
  queryFn: ({ signal }) => read(api.GET('/v1/log', { signal })),
  refetchInterval: 15_000,
})
