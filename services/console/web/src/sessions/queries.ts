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

/** A session with its exchanges in order, page by page. */
export const sessionQuery = (session: string) =>
  infiniteQueryOptions({
    queryKey: ['session', session],
    queryFn: ({ pageParam, signal }) => readPage(session, { limit: 500, after: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
  })

/** What flowed through a session, page by page: each response comes from what its request said first. */
export const lineageQuery = (session: string) =>
  infiniteQueryOptions({
    queryKey: ['session-lineage', session],
    queryFn: ({ pageParam, signal }) =>
      readPage(session, { limit: lineagePage, after: pageParam, include: 'new-lineage' }, signal),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
  })

/** Exchanges whose graph is fetched at once. */
export const lineagePage = 200

type PageQuery = { limit: number; after: string; include?: 'new-lineage' }

function readPage(session: string, { after, ...query }: PageQuery, signal: AbortSignal): Promise<Session> {
  return read(
    api.GET('/v1/sessions/{session}', {
      params: { path: { session }, query: { ...query, ...(after && { after }) } },
      signal,
    }),
  )
}

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
