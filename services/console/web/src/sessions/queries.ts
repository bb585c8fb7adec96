import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type Schemas } from '../api/client.ts'
import type { Range } from '../shell/time-range.ts'

export type Session = Schemas['Session']
export type Node = Schemas['LineageNode']
export type Edge = Schemas['LineageEdge']

export const sessionsQuery = (range: Range) =>
  infiniteQueryOptions({
    queryKey: ['sessions', range],
    queryFn: ({ pageParam, signal }) =>
      read(
        api.GET('/v1/sessions', {
          params: { query: { from: range, limit: 100, ...(pageParam && { after: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
  })

export const sessionQuery = (session: string) =>
  queryOptions({
    queryKey: ['session', session],
    queryFn: ({ signal }) =>
      read(api.GET('/v1/sessions/{session}', { params: { path: { session } }, signal })),
  })

/** What flowed through a session: each response comes from what its request said first. */
export const lineageQuery = (session: string) =>
  queryOptions({
    queryKey: ['session-lineage', session],
    queryFn: async ({ signal }) =>
      (
        await read(
          api.GET('/v1/sessions/{session}', {
            params: { path: { session }, query: { include: 'new-lineage' } },
            signal,
          }),
        )
      ).lineage,
  })

export const traceQuery = (session: string, node: string, direction: 'backwards' | 'forwards') =>
  queryOptions({
    queryKey: ['trace', session, node, direction],
    queryFn: ({ signal }) =>
      read(
        api.GET('/v1/lineage/nodes/{id}', {
          params: { path: { id: node }, query: { session, direction, limit: 1_000 } },
          signal,
        }),
      ),
  })
