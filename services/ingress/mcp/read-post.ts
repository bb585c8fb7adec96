import {
  errorCodes,
  headerProblem,
  isRevision,
  isStateless,
  metaKeys,
  metaOf,
  nameOf,
  openSession,
  type Revision,
  type RpcMessage,
  revisionWithoutHeader,
  type SessionState,
  unsupportedRevision,
} from '@airs-cp/mcp'
import type { JsonObject } from '@airs-cp/providers'
import { hasMoreValuesThan } from '../admission/json-values.ts'
import { Refusal } from '../admission/refusal.ts'
import { McpRefusal } from './mcp-refusal.ts'
import { readRpc } from './read-rpc.ts'

type Headers = Record<string, string | string[] | undefined>

/** @throws Refusal when the body has more JSON values than may be parsed. */
export async function refuseManyValues(body: Buffer, maxJsonValues: number): Promise<void> {
  if (await hasMoreValuesThan(maxJsonValues, body))
    throw new Refusal(413, 'too_many_values', `The message has more than ${maxJsonValues} JSON values`)
}

/** @throws McpRefusal when the body is no message of JSON-RPC. */
export function readPost(body: Buffer): { message: RpcMessage; written: string } {
  const written = body.toString('utf8')
  let json: unknown
  try {
    json = JSON.parse(written)
  } catch (error) {
    throw new McpRefusal(
      400,
      'invalid_json',
      errorCodes.parseError,
      `Parse error: the body is not valid JSON: ${(error as Error).message.slice(0, 200)}`,
    )
  }
  if (Array.isArray(json))
    throw new McpRefusal(
      400,
      'batch_not_supported',
      errorCodes.invalidRequest,
      'Invalid request: this gateway takes one message in a request, and no batch of them',
    )
  const message = readRpc(json)
  if (message.kind === 'invalid')
    throw new McpRefusal(
      400,
      'invalid_request',
      errorCodes.invalidRequest,
      `Invalid request: ${message.problem}`,
    )
  return { message, written }
}

/**
 * The revision of a request. A request of a session has the one that was agreed on; the specification only recommends that its
 * header says so, and some clients name another one with a handshake.
 * @throws McpRefusal -32022 for one that is unknown, -32020 where headers contradict the body.
 */
export function revisionOf(
  headers: Headers,
  message: RpcMessage | undefined,
  state: SessionState | undefined,
): Revision {
  const id = message?.kind === 'request' ? message.id : undefined
  const params: JsonObject = message && message.kind !== 'response' ? message.params : {}
  const inBody = metaOf(params)[metaKeys.protocolVersion]
  const inHeader = headers['mcp-protocol-version']
  const isHandshake = message?.kind === 'request' && message.method === 'initialize'
  const named = typeof inBody === 'string' ? inBody : inHeader === undefined ? undefined : String(inHeader)
  // A handshake negotiates: a revision that is unknown gets one that is known for a response.
  if (named !== undefined && !isRevision(named) && !isHandshake) throw unsupported(id, named)
  const revision = isHandshake
    ? isRevision(params.protocolVersion)
      ? params.protocolVersion
      : revisionWithoutHeader
    : (state?.client ?? (isRevision(named) ? named : revisionWithoutHeader))
  if (message) {
    const problem = headerProblem(
      headers,
      message,
      isRevision(named) && isStateless(named) ? named : revision,
    )
    if (problem !== undefined)
      throw new McpRefusal(400, 'header_mismatch', errorCodes.headerMismatch, problem)
  }
  if (state && isRevision(named) && isStateless(named) !== isStateless(state.client))
    throw new McpRefusal(
      400,
      'header_mismatch',
      errorCodes.headerMismatch,
      `Header mismatch: MCP-Protocol-Version is ${named}, and this session agreed on ${state.client}`,
    )
  const isModern = isStateless(revision)
  if (isModern && message?.kind === 'request' && inBody === undefined)
    throw new McpRefusal(
      400,
      'invalid_params',
      errorCodes.invalidParams,
      `Invalid params: _meta has no ${metaKeys.protocolVersion}`,
    )
  return revision
}

function unsupported(id: string | number | undefined, named: string): McpRefusal {
  const { error } = unsupportedRevision(id, named) as {
    error: { code: number; message: string; data: JsonObject }
  }
  return new McpRefusal(400, 'unsupported_revision', error.code, error.message, { data: error.data })
}

/**
 * The session that a client names; undefined where it names none.
 * @throws McpRefusal 404 for one that is not its own, whereupon clients begin another.
 */
export function sessionOf(
  headers: Headers,
  server: string,
  caller: string,
  key: string,
): SessionState | undefined {
  const id = headers['mcp-session-id']
  if (id === undefined) return undefined
  const state = openSession(String(id), key)
  if (state && state.server === server && state.caller === caller) return state
  throw new McpRefusal(
    404,
    'session_not_found',
    errorCodes.invalidRequest,
    'Session not found: this MCP session was not begun here, or not by this client; begin another one with initialize',
  )
}

/** What the message is about, for the record. */
export function aboutOf(message: RpcMessage) {
  if (message.kind === 'response') return { kind: 'response' as const, id: message.id }
  const { kind, method, params } = message
  const name = nameOf(method, params)
  return {
    kind,
    method,
    ...(message.kind === 'request' && { id: message.id }),
    ...(name !== undefined && { name }),
  }
}
