import { queryOptions } from '@tanstack/react-query'
import { api, read, responseOf, type Schemas } from '../api/client.ts'

export type Policy = Schemas['Policy']
export type PolicyVersion = Schemas['PolicyVersion']
export type Report = Schemas['BacktestReport']

export const policiesQuery = queryOptions({
  queryKey: ['policies'],
  queryFn: ({ signal }) => read(api.GET('/v1/policies', { signal })),
})

/** A policy in force with its tag; undefined where there is none of the name. */
export const policyQuery = (name: string) =>
  queryOptions({
    queryKey: ['policy', name],
    queryFn: async ({ signal }) => {
      const { data, response } = await responseOf(
        api.GET('/v1/policies/{name}', { params: { path: { name } }, signal }),
      )
      return { policy: data!, tag: response.headers.get('ETag') ?? '' }
    },
    staleTime: Number.POSITIVE_INFINITY,
  })

export const versionsQuery = (name: string) =>
  queryOptions({
    queryKey: ['policy-versions', name],
    queryFn: async ({ signal }) =>
      (await read(api.GET('/v1/policies/{name}/versions', { params: { path: { name } }, signal }))).versions,
  })

export const schemaQuery = queryOptions({
  queryKey: ['policy-schema'],
  queryFn: ({ signal }) => read(api.GET('/v1/policies/schema', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
})
