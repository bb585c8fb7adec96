import type { RpcMessage, RpcRequest, RpcResponse } from '@airs-cp/mcp'
import type { SseFrame } from '@airs-cp/providers'
import { UpstreamError } from '../upstream/upstream-error.ts'
import { readRpc } from './read-rpc.ts'

/** @throws UpstreamError where a server sent no message. */
export function readFrameMessage(frame: SseFrame, server: string): { message: RpcMessage; written: string } {
  let json: unknown
  try {
    json = JSON.parse(frame.data)
  } catch {
    throw malformed(`MCP server ${server} sent a message that is no JSON`)
  }
  const message = readRpc(json)
  if (message.kind === 'invalid')
    throw malformed(`MCP server ${server} sent a message that is no JSON-RPC: ${message.problem}`)
  return { message, written: frame.data }
}

/** @throws UpstreamError where the response is one to something else: nobody can say to what. */
export function checkId(asked: RpcRequest, { id, error }: RpcResponse, server: string): void {
  if (id === asked.id || (id === undefined && error)) return
  throw malformed(
    `MCP server ${server} responded to a request with id ${JSON.stringify(id)?.slice(0, 60)}, and the id that was asked is ${JSON.stringify(asked.id).slice(0, 60)}`,
  )
}

function malformed(message: string): UpstreamError {
  return new UpstreamError('upstream_malformed', message)
}
