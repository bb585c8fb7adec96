import { isObject, type JsonObject } from './json.ts'
import { type MessageId, metaKeys, metaOf, type RpcRequest } from './message.ts'
import { isStateless, type Revision } from './revisions.ts'

/** What a side says of itself, with each request or once in a handshake. */
export type Peer = { info: JsonObject; capabilities: JsonObject }

const nobody: JsonObject = { name: 'unknown', version: '0' }

/** What a client of the stateless revision says of itself in a request. */
export function peerOf(params: JsonObject): Peer {
  const meta = metaOf(params)
  const info = meta[metaKeys.clientInfo]
  const capabilities = meta[metaKeys.clientCapabilities]
  return { info: isObject(info) ? info : nobody, capabilities: isObject(capabilities) ? capabilities : {} }
}

/** A request of a client with a handshake, as a stateless server takes it. */
export function toStateless(
  request: JsonObject,
  revision: Revision,
  { info, capabilities }: Peer,
  more: JsonObject = {},
): JsonObject {
  const params = isObject(request.params) ? request.params : {}
  const _meta = {
    ...metaOf(params),
    [metaKeys.protocolVersion]: revision,
    [metaKeys.clientInfo]: info,
    [metaKeys.clientCapabilities]: capabilities,
  }
  return { ...request, params: { ...params, ...more, _meta } }
}

const ownMeta: ReadonlySet<string> = new Set([
  metaKeys.protocolVersion,
  metaKeys.clientInfo,
  metaKeys.clientCapabilities,
  metaKeys.logLevel,
])

/** A request of a stateless client, as a server takes it that has had its handshake. */
export function toHandshake(request: JsonObject): JsonObject {
  const { inputResponses, requestState, ...params } = isObject(request.params) ? request.params : {}
  const left = Object.fromEntries(Object.entries(metaOf(params)).filter(([key]) => !ownMeta.has(key)))
  const { _meta, ...rest } = params
  return { ...request, params: { ...rest, ...(Object.keys(left).length > 0 && { _meta: left }) } }
}

/** Lists may be kept for so long: a server with a handshake reports changes, and says nothing of how long what it says holds. */
const cacheable: ReadonlySet<string> = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'server/discover',
])

/** A result of a server with a handshake, for a stateless client. */
export function resultToStateless(
  result: JsonObject,
  method: string,
  serverInfo: JsonObject | undefined,
): JsonObject {
  return {
    resultType: 'complete',
    ...(cacheable.has(method) && { ttlMs: 0, cacheScope: 'private' }),
    ...result,
    ...(serverInfo && {
      _meta: { [metaKeys.serverInfo]: serverInfo, ...(isObject(result._meta) ? result._meta : {}) },
    }),
  }
}

/** A complete result of a stateless server, for a client with a handshake of this revision. */
export function resultToHandshake(result: JsonObject, revision: Revision): JsonObject {
  const { resultType, ttlMs, cacheScope, ...left } = result
  return forRevision(left, revision)
}

/** What a client of an older revision does not know of a result becomes text that it knows. */
export function forRevision(result: JsonObject, revision: Revision): JsonObject {
  if (revision >= '2025-06-18' || !Array.isArray(result.content)) return result
  const content = result.content.map((part) =>
    isObject(part) && part.type === 'resource_link'
      ? { type: 'text', text: `Resource ${String(part.title ?? part.name ?? '')}: ${String(part.uri ?? '')}` }
      : part,
  )
  return { ...result, content }
}

/** The response to `initialize` that a stateless server would give, by what it says in `server/discover`. */
export function initializeResult(discovered: JsonObject, revision: Revision): JsonObject {
  const { capabilities, instructions, _meta } = discovered
  const info = isObject(_meta) ? _meta[metaKeys.serverInfo] : undefined
  return {
    protocolVersion: revision,
    capabilities: isObject(capabilities) ? capabilities : {},
    serverInfo: isObject(info) ? info : nobody,
    ...(typeof instructions === 'string' && { instructions }),
  }
}

/** The response to `server/discover`, by what a server said in its handshake. */
export function discoverResult(initialized: JsonObject, supported: readonly Revision[]): JsonObject {
  const { capabilities, instructions, serverInfo } = initialized
  return {
    resultType: 'complete',
    supportedVersions: [...supported],
    capabilities: isObject(capabilities) ? capabilities : {},
    ...(typeof instructions === 'string' && { instructions }),
    ...{ ttlMs: 0, cacheScope: 'private' },
    ...(isObject(serverInfo) && { _meta: { [metaKeys.serverInfo]: serverInfo } }),
  }
}

/** Methods that a stateless server does not have, and to which the response is known. */
export function resultWithoutServer(method: string): JsonObject | undefined {
  return method === 'ping' || method === 'logging/setLevel' ? {} : undefined
}

export type InputRequests = Record<string, JsonObject>

/** What a stateless server still needs from the client; undefined for a result that is complete. */
export function inputRequired(
  result: unknown,
): { requests: InputRequests; state: string | undefined } | undefined {
  if (!isObject(result) || result.resultType !== 'input_required') return undefined
  const requests: InputRequests = {}
  for (const [key, request] of Object.entries(isObject(result.inputRequests) ? result.inputRequests : {}))
    if (isObject(request) && typeof request.method === 'string') requests[key] = request
  return { requests, state: typeof result.requestState === 'string' ? result.requestState : undefined }
}

/** What a server with a handshake asks in mid-call, for a stateless client: the end of its request, and what to come back with. */
export function inputRequiredResult(key: string, { method, params }: RpcRequest, state: string): JsonObject {
  return { resultType: 'input_required', inputRequests: { [key]: { method, params } }, requestState: state }
}

export function response(id: MessageId, result: JsonObject): JsonObject {
  return { jsonrpc: '2.0', id, result }
}

/** Whether client and server need a translation between them. */
export function areOfOneEra(client: Revision, server: Revision): boolean {
  return isStateless(client) === isStateless(server)
}
