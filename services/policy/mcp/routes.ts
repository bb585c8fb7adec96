import { appendControlEvent } from '@airs-cp/bus'
import { contract } from '@airs-cp/control-api'
import { eventTypes } from '@airs-cp/events'
import { type Api, ApiError, notFound } from '@airs-cp/runtime'
import { activate, type Changing } from '../policies/activate.ts'
import { listServers, listTools } from './tools.ts'

const source = '/airs/policy'

/** Servers of the Model Context Protocol, their tools, and what people decide on changes of those. */
export function addMcpRoutes(
  api: Api,
  { bus, database, projection, publisher, activations }: Changing,
): void {
  type Decided = { server: string; tool: string; sha256: string; reason: string; actor: string }

  async function decide(
    type: typeof eventTypes.mcpToolApproved | typeof eventTypes.mcpToolRefused,
    decided: Decided,
  ) {
    const { server, tool: name, sha256 } = decided
    const find = async () => (await listTools(database, server)).find(({ tool }) => tool === name)
    const before = await find()
    if (!before) throw notFound(`Tool ${name} of MCP server ${server}`)
    if (sha256 !== before.found && sha256 !== before.expected)
      throw new ApiError(
        409,
        'definition_changed',
        `Tool ${name} of ${server} is defined otherwise by now: ${before.found}. Look at it, and decide on that`,
      )
    if (type === eventTypes.mcpToolApproved && before.pinnedBy === 'configuration')
      throw new ApiError(
        409,
        'pinned_by_configuration',
        `Tool ${name} of ${server} is pinned in AIRS_MCP_FILE; change the digest under pins there, and restart the ingress`,
      )
    const { id } = await appendControlEvent(bus, source, type, decided)
    await projection.applied(id)
    const ingresses = await activate({ database, publisher, activations }, 'tools')
    return { ...(await find())!, ingresses }
  }

  api.implement(contract.policy.mcp, {
    'GET /v1/mcp/servers': async () => ({ servers: await listServers(database) }),
    'GET /v1/mcp/servers/:server/tools': async ({ params: { server } }) => {
      const known = (await listServers(database)).some(({ name }) => name === server)
      if (!known) throw notFound(`MCP server ${server}`)
      return { tools: await listTools(database, server) }
    },
    'POST /v1/mcp/servers/:server/approvals': ({ params, body, caller }) =>
      decide(eventTypes.mcpToolApproved, { ...params, ...body, actor: caller.name }),
    'POST /v1/mcp/servers/:server/refusals': ({ params, body, caller }) =>
      decide(eventTypes.mcpToolRefused, { ...params, ...body, actor: caller.name }),
  })
}
