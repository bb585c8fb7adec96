import {
  agreeingParamHeaders,
  hasVersionHeader,
  isRevision,
  isStateless,
  newestWithHandshake,
  type RpcMessage,
  readMessage,
  standardHeaders,
} from '@airs-cp/mcp'
import type { McpCall, McpPost } from './call.ts'

/** A revision that nobody knows here is not offered to a server: it might be taken. */
export function handshake({ message, written }: McpPost): { message: RpcMessage; written: string } {
  if (message.kind !== 'request' || message.method !== 'initialize') return { message, written }
  if (isRevision(message.params.protocolVersion) && !isStateless(message.params.protocolVersion))
    return { message, written }
  const json = { ...message.json, params: { ...message.params, protocolVersion: newestWithHandshake } }
  return { message, written: JSON.stringify(json) }
}

/** The message that is sent: what a policy took out of it must be neither in its headers nor in its translation. */
export function asSent(message: RpcMessage, text: string | undefined): RpcMessage {
  const sent = text === undefined ? message : readMessage(JSON.parse(text))
  return sent.kind === 'invalid' ? message : sent
}

/** What a server receives beside the body: nothing of the client's but what the protocol gives a meaning to. */
export function headersOf(
  { request, state, revision, exchange, mirrored }: McpCall,
  message: RpcMessage | undefined,
): Record<string, string> {
  const { headers } = request
  const isStream = exchange.method === 'GET'
  const named: Record<string, string> = {
    accept: isStream ? 'text/event-stream' : 'application/json, text/event-stream',
    ...(exchange.method === 'POST' && { 'content-type': 'application/json' }),
    ...(exchange.traceparent !== undefined && { traceparent: exchange.traceparent }),
  }
  const spoken = state?.upstream ?? revision
  const isHandshake = message?.kind === 'request' && message.method === 'initialize'
  if (hasVersionHeader(spoken) && !isHandshake) named['mcp-protocol-version'] = spoken
  if (state?.upstreamSession !== undefined) named['mcp-session-id'] = state.upstreamSession
  if (isStateless(spoken) && message) Object.assign(named, standardHeaders(message, mirrored))
  // Another process may have seen the definition, or this one before it was started anew.
  if (isStateless(spoken) && message?.kind === 'request' && !mirrored)
    Object.assign(named, agreeingParamHeaders(headers, message.params.arguments))
  const last = headers['last-event-id']
  if (isStream && last !== undefined) named['last-event-id'] = String(last)
  return named
}
