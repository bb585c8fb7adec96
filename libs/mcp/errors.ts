import type { JsonObject } from './json.ts'
import type { MessageId } from './message.ts'
import { revisions } from './revisions.ts'

/** Of JSON-RPC, of the specification (-32020 and below), and our own (-32010 to -32019, which are free for implementations). */
export const errorCodes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedRevision: -32022,
  /** A policy blocked the request or its result. */
  blocked: -32010,
  /** Not admitted: no key, a limit, a kill switch, a quarantine. */
  refused: -32011,
  /** It cannot be recorded. */
  unrecorded: -32012,
  /** The server gave no usable response. */
  serverFailed: -32013,
} as const

/** An error as it stands in a message; an `id` of undefined is for a request whose id could not be read. */
export function errorMessage(
  id: MessageId | undefined,
  code: number,
  message: string,
  data?: JsonObject,
): JsonObject {
  return { jsonrpc: '2.0', id: id ?? null, error: { code, message, ...(data && { data }) } }
}

export function unsupportedRevision(id: MessageId | undefined, requested: string): JsonObject {
  return errorMessage(id, errorCodes.unsupportedRevision, 'Unsupported protocol version', {
    supported: [...revisions],
    requested: requested.slice(0, 100),
  })
}

/** A result of a tool that says to the model why there is none. */
export function toolError(id: MessageId, text: string): JsonObject {
  return { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }], isError: true } }
}
