import { isObject, type Json, type JsonObject } from './json.ts'

export type MessageId = string | number

export type RpcRequest = {
  kind: 'request'
  id: MessageId
  method: string
  params: JsonObject
  json: JsonObject
}
export type RpcNotification = { kind: 'notification'; method: string; params: JsonObject; json: JsonObject }
export type RpcResponse = {
  kind: 'response'
  /** Absent only in an error about a request that could not be read. */
  id: MessageId | undefined
  result: Json | undefined
  error: { code: number; message: string; data?: Json | undefined } | undefined
  json: JsonObject
}

/** One message of JSON-RPC 2.0. */
export type RpcMessage = RpcRequest | RpcNotification | RpcResponse

/** @returns the message, or what is wrong with it, with its id where that can be read. */
export function readMessage(
  json: unknown,
): RpcMessage | { kind: 'invalid'; id: MessageId | undefined; problem: string } {
  if (!isObject(json)) return invalid(undefined, 'a message is a JSON object')
  const { jsonrpc, id, method, params, result, error } = json
  const known = isId(id) ? id : undefined
  if (jsonrpc !== '2.0') return invalid(known, 'jsonrpc is not "2.0"')
  if ('id' in json && known === undefined && id !== null && id !== undefined)
    return invalid(undefined, 'id is neither a string nor a whole number')
  if (method !== undefined) {
    if (typeof method !== 'string' || method === '') return invalid(known, 'method is not a string')
    if ('result' in json || 'error' in json)
      return invalid(known, 'a message has a method, a result or an error, and not two of them')
    if (params !== undefined && !isObject(params)) return invalid(known, 'params is not an object')
    if (id === null) return invalid(undefined, 'id is null')
    return known === undefined
      ? { kind: 'notification', method, params: params ?? {}, json }
      : { kind: 'request', id: known, method, params: params ?? {}, json }
  }
  if ('result' in json && 'error' in json) return invalid(known, 'it has a result and an error')
  if ('result' in json) {
    if (known === undefined) return invalid(undefined, 'a result has no id')
    return { kind: 'response', id: known, result, error: undefined, json }
  }
  if (!isObject(error) || !Number.isInteger(error.code) || typeof error.message !== 'string')
    return invalid(known, 'it has no method, no result and no error with code and message')
  const { code, message, data } = error as { code: number; message: string; data?: Json }
  return { kind: 'response', id: known, result: undefined, error: { code, message, data }, json }
}

function isId(value: unknown): value is MessageId {
  return typeof value === 'string' || Number.isSafeInteger(value)
}

function invalid(id: MessageId | undefined, problem: string) {
  return { kind: 'invalid' as const, id, problem }
}

/** What a request or notification is about: the tool or prompt by its name, the resource by its URI. */
export function nameOf(method: string, params: JsonObject): string | undefined {
  const value = method === 'resources/read' ? params.uri : namedMethods.has(method) ? params.name : undefined
  return typeof value === 'string' ? value : undefined
}

const namedMethods: ReadonlySet<string> = new Set(['tools/call', 'prompts/get'])

/** Whether a result says that the tool failed, under whatever status it came. */
export function isToolError(result: Json | undefined): boolean {
  return isObject(result) && result.isError === true
}

/** Protocol data of a request. */
export const metaKeys = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  logLevel: 'io.modelcontextprotocol/logLevel',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const

export function metaOf(params: JsonObject): JsonObject {
  return isObject(params._meta) ? params._meta : {}
}
