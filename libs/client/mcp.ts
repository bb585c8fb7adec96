import type { BodyOf, Call, ResponseOf } from './call.ts'

export type McpServer = ResponseOf<'GET /v1/mcp/servers'>['servers'][number]
export type McpTool = ResponseOf<'GET /v1/mcp/servers/:server/tools'>['tools'][number]
type Decided = ResponseOf<'POST /v1/mcp/servers/:server/approvals'>
type DecisionBody = BodyOf<'POST /v1/mcp/servers/:server/approvals'>

export type McpApi = {
  servers(): Promise<McpServer[]>
  tools(server: string): Promise<McpTool[]>
  /** Expect a tool to be defined so. Resolves when every ingress does. */
  approve(server: string, decision: DecisionBody): Promise<Decided>
  /** Defined so, the tool is neither listed nor called. */
  refuse(server: string, decision: DecisionBody): Promise<Decided>
}

export function createMcpApi(call: Call): McpApi {
  return {
    servers: async () => (await call('GET /v1/mcp/servers')).servers,
    tools: async (server) => (await call('GET /v1/mcp/servers/:server/tools', { params: { server } })).tools,
    approve: (server, json) => call('POST /v1/mcp/servers/:server/approvals', { params: { server }, json }),
    refuse: (server, json) => call('POST /v1/mcp/servers/:server/refusals', { params: { server }, json }),
  }
}
