import type { Client } from '@airs-cp/client'
import { ControlError, eachWithSdkErrors, withSdkErrors } from './errors.js'

/** As the API returns it. `changed` is how many of its tools wait for approval. */
export type McpServer = {
  name: string
  urls: string[]
  tools: number
  changed: number
  refused: number
} & Record<string, unknown>

/** As the API returns it: how a tool is expected to be defined, and how it is, as SHA-256 of its definition. */
export type McpTool = {
  server: string
  tool: string
  state: 'pinned' | 'changed' | 'refused'
  expected: string | null
  found: string
} & Record<string, unknown>

export type McpDecision = {
  /** The definition that is decided on; absent: the one that was seen last. */
  sha256?: string
  /** For the record. */
  reason?: string
}

/** Servers of the Model Context Protocol behind the gateway. */
export type Mcp = {
  servers(): Promise<McpServer[]>
  tools(server: string): Promise<McpTool[]>
  /** From now on the tool is expected to be defined so. Resolves when every ingress expects it. */
  approve(server: string, tool: string, decision?: McpDecision): Promise<McpTool>
  /** Defined so, the tool is neither listed nor called, in mode `enforce`. */
  refuse(server: string, tool: string, decision?: McpDecision): Promise<McpTool>
  /** Calls of a server, newest first; at most `limit`, or all there are. */
  calls(server: string, search?: { limit?: number }): AsyncGenerator<McpCall>
}

/** As the API returns it: an exchange with the server. */
export type McpCall = { exchange: string; operation: string | null; state: string } & Record<string, unknown>

/** @internal */
export function createMcp({ mcp, exchanges }: Pick<Client, 'mcp' | 'exchanges'>): Mcp {
  const decide =
    (what: 'approve' | 'refuse'): Mcp['approve'] =>
    (server, tool, { sha256, reason } = {}) =>
      withSdkErrors(async () => {
        const found = sha256 ?? (await mcp.tools(server)).find((one) => one.tool === tool)?.found
        if (found === undefined)
          throw new ControlError(`No tool ${tool} of MCP server ${server} is known`, {
            ...{ code: 'not_found', status: 404 },
          })
        return mcp[what](server, { tool, sha256: found, ...(reason !== undefined && { reason }) })
      })
  return {
    servers: () => withSdkErrors(() => mcp.servers()),
    tools: (server) => withSdkErrors(() => mcp.tools(server)),
    approve: decide('approve'),
    refuse: decide('refuse'),
    async *calls(server, { limit } = {}) {
      const search = { provider: `mcp:${server}`, ...(limit !== undefined && { limit }) }
      yield* eachWithSdkErrors(exchanges.search(search))
    },
  }
}
