import { queryOptions } from '@tanstack/react-query'
import { ApiProblem, api, read, type Schemas } from '../api/client.ts'

export type McpServer = Schemas['McpServer']
export type McpTool = Schemas['McpTool']

export const mcpServersQuery = queryOptions({
  queryKey: ['mcp', 'servers'],
  queryFn: async ({ signal }) => (await read(api.GET('/v1/mcp/servers', { signal }))).servers,
  refetchInterval: 10_000,
})

export const mcpToolsQuery = (server: string) =>
  queryOptions({
    queryKey: ['mcp', 'tools', server],
    queryFn: async ({ signal }) =>
      (await read(api.GET('/v1/mcp/servers/{server}/tools', { params: { path: { server } }, signal }))).tools,
    refetchInterval: 10_000,
  })

/** How a tool was defined in an exchange; null where that is not known. */
export const definitionQuery = (exchange: string | null, tool: string) =>
  queryOptions({
    queryKey: ['mcp', 'definition', exchange, tool],
    queryFn: async ({ signal }) => {
      if (exchange === null) return null
      const path = { exchange }
      const asked = api.GET('/v1/exchanges/{exchange}/tool-definition', {
        params: { path, query: { tool } },
        signal,
      })
      return (await read(asked)).definition
    },
    staleTime: Number.POSITIVE_INFINITY,
  })

const shownCalls = 20

/** The last calls of a server. */
export const mcpCallsQuery = (server: string) =>
  queryOptions({
    queryKey: ['mcp', 'calls', server],
    queryFn: async ({ signal }) => {
      const query = { provider: `mcp:${server}`, limit: shownCalls }
      try {
        return (await read(api.GET('/v1/exchanges', { params: { query }, signal }))).exchanges
      } catch (error) {
        // Nothing was ever sent there.
        if (error instanceof ApiProblem && error.code === 'value_unknown') return []
        throw error
      }
    },
    refetchInterval: 10_000,
  })
