import { errorCodes, errorMessage, type RpcMessage, type RpcResponse, toolError } from '@airs-cp/mcp'
import type { Block } from '@airs-cp/policy-engine'
import type { JsonObject } from '@airs-cp/providers'
import { type LastBytes, lastMessage } from './client-side.ts'

/** The result that a client gets instead. A model can read what a tool says, so of a tool it is one that failed. */
export function blockedResult(id: RpcResponse['id'], asked: RpcMessage | undefined, by: Block): JsonObject {
  if (asked?.kind === 'request' && asked.method === 'tools/call') return toolError(asked.id, blockedText(by))
  const data = { policy: by.policy, action: by.action }
  return errorMessage(id, errorCodes.blocked, blockedText(by), data)
}

/** For a request that must not go to its server. */
export function blockedResponse(message: RpcMessage, by: Block): LastBytes {
  const id = message.kind === 'request' ? message.id : undefined
  const status = message.kind === 'request' ? 200 : 403
  return lastMessage(JSON.stringify(blockedResult(id, message, by)), false, status)
}

/** What a server gets in place of a client's response to its question. */
export function blockedClientResponse({ id }: RpcResponse, by: Block): JsonObject {
  return errorMessage(id, errorCodes.blocked, blockedText(by))
}

function blockedText({ message, retryAfterSeconds, policy }: Block): string {
  const wait = retryAfterSeconds === undefined ? '' : ` (retry after ${retryAfterSeconds} seconds)`
  return `${message}${wait} [policy ${policy}]`
}
