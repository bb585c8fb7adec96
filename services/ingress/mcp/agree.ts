import {
  isObject,
  isRevision,
  isStateless,
  type RpcResponse,
  type SessionState,
  sealSession,
} from '@airs-cp/mcp'
import { UpstreamError } from '../upstream/upstream-error.ts'
import type { McpCall } from './call.ts'
import type { ServerReply } from './call-server.ts'

/** What a client agrees on with a server, sealed into the session id that the client gets. @throws UpstreamError */
export function agree(
  { exchange, server, message }: McpCall,
  { result }: RpcResponse,
  reply: ServerReply,
  fingerprintKey: string,
): string | undefined {
  if (!isObject(result)) return undefined
  const upstream = reply.upstream ?? result.protocolVersion
  const client = result.protocolVersion
  if (!isRevision(upstream) || !isRevision(client) || isStateless(client))
    throw new UpstreamError(
      'upstream_malformed',
      `MCP server ${server.name} chose revision ${JSON.stringify(upstream)?.slice(0, 40)}, which is not known here`,
    )
  const params = message?.kind === 'request' ? message.params : {}
  const given = reply.headers['mcp-session-id']
  const state: SessionState = {
    ...{ server: server.name, caller: exchange.caller ?? '', session: exchange.session },
    ...{ client, upstream },
    ...(typeof given === 'string' && { upstreamSession: given }),
    ...(isObject(params.clientInfo) && { clientInfo: params.clientInfo }),
    ...(isObject(params.capabilities) && { clientCapabilities: params.capabilities }),
  }
  return sealSession(state, fingerprintKey)
}
