import type { IncomingMessage } from 'node:http'
import {
  type BodyDocument,
  type Json,
  type JsonObject,
  jsonProblem,
  MalformedFormError,
  type MeantRoute,
  type RequestFacts,
  readDocuments,
  UnreadableBodyError,
  type WireFormat,
} from '@airs-cp/providers'
import type { Exchange, Understood } from '../exchange.ts'
import { hasMoreValuesThan } from './json-values.ts'
import { yieldAfter } from './read-body.ts'
import { Refusal } from './refusal.ts'
import { takesBody } from './takes-body.ts'

/** @throws Refusal when this is no request that could be forwarded, or none that can be read. */
export async function understandRequest(
  {
    request,
    exchange: { method, path, route, query },
    format,
    body,
  }: { request: IncomingMessage; exchange: Exchange; format: WireFormat | undefined; body: Buffer },
  maxJsonValues: number,
): Promise<Understood> {
  refuseUpgrade(request)
  if (await hasMoreValuesThan(maxJsonValues, body))
    throw new Refusal(
      413,
      'too_many_values',
      `The request body has more than ${maxJsonValues} JSON values (AIRS_MAX_JSON_VALUES)`,
    )
  if (!format)
    throw new Refusal(
      404,
      'unknown_url',
      `Unknown request URL: ${method} ${path}. AIRS-CP serves POST /v1/chat/completions, POST /v1/messages and GET /v1/models, among others; the base URL of OpenAI's clients ends with /v1, that of Anthropic's has no path`,
    )
  refuseUnforwarded({ method, route }, body)
  if (body.length > 0) refuseForm(request)
  if (format.takesDocuments && body.length > 0)
    return understandDocuments(request, route, query, format, body)
  const written = method === 'POST' && body.length > 0 ? body.toString('utf8') : undefined
  await yieldAfter(body)
  const json = written === undefined ? undefined : parse(written)
  await yieldAfter(body)
  const facts = factsOf(format, withModel(json, route.deployment), route, query)
  const namedModel = isObject(json) && typeof json.model === 'string' ? json.model : undefined
  return { format, facts, namedModel, json: json as JsonObject | undefined, written, documents: undefined }
}

/** A body that may be anything: one JSON document where it is one, documents otherwise. */
function understandDocuments(
  { headers }: IncomingMessage,
  route: MeantRoute,
  query: string,
  format: WireFormat,
  body: Buffer,
): Understood {
  const documents = takeApart(body, headers['content-type'])
  const [first] = documents
  const isOne = first?.content === 'json' && first.prefix === ''
  if (!isOne && isJsonType(headers['content-type'])) parse(body.toString('utf8'))
  const json = isOne ? first.json : undefined
  const fields = json ?? fieldsOf(documents)
  const facts = factsOf(format, withModel(fields, route.deployment), route, query)
  const namedModel = isObject(fields) && typeof fields.model === 'string' ? fields.model : undefined
  const one = { json, written: isOne ? first.written : undefined, documents: isOne ? undefined : documents }
  return { format, facts, namedModel, ...one }
}

/** The fields of a form that have a text, as a request in JSON would have them. */
function fieldsOf(documents: readonly BodyDocument[]): JsonObject {
  const fields: JsonObject = {}
  for (const document of documents) {
    const name = /^form:\d+:([\w[\].-]{1,64})$/.exec(document.prefix)?.[1]
    if (document.content !== 'text' || name === undefined) continue
    fields[name] = document.written === 'true' ? true : document.written
  }
  return fields
}

function takeApart(body: Buffer, contentType: string | undefined): BodyDocument[] {
  try {
    return readDocuments(body, contentType)
  } catch (error) {
    if (error instanceof MalformedFormError) throw new Refusal(400, 'invalid_form', error.message)
    if (error instanceof UnreadableBodyError) throw new Refusal(400, 'invalid_file', error.message)
    throw error
  }
}

function isJsonType(contentType: string | undefined): boolean {
  return /^\s*application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType ?? 'application/json')
}

/**
 * An offer to go on in HTTP/2, which Java's client makes with every request, is passed over (RFC 9110, section 7.8).
 * @throws Refusal when a client would rather talk over a WebSocket: clients that learn so at once go on with HTTP.
 */
function refuseUpgrade({ headers }: IncomingMessage): void {
  const isOffer = /^\s*h2c\s*$/i.test(headers.upgrade ?? '')
  if (headers.upgrade !== undefined && !isOffer && /\bupgrade\b/i.test(headers.connection ?? ''))
    throw new Refusal(
      426,
      'upgrade_required',
      `This gateway does not speak ${headers.upgrade.slice(0, 64)}; send the request over HTTP/1.1`,
    )
}

/**
 * Bodies of GET and HEAD are left out, since clients send them by mistake.
 * @throws Refusal when the body would be left out though it says something.
 */
function refuseUnforwarded(exchange: Pick<Exchange, 'method' | 'route'>, body: Buffer): void {
  const { method } = exchange
  if (body.length === 0 || takesBody(exchange) || method === 'GET' || method === 'HEAD') return
  if (body.length < 64 && /^(?:\{\s*\})?$/.test(body.toString('latin1').trim())) return
  throw new Refusal(
    400,
    'unexpected_body',
    `${method} ${exchange.route.path} takes no body, and this request has one of ${body.length} bytes; it would not be forwarded`,
  )
}

/**
 * @throws Refusal when the body is a form or plain text: those are what a page of another site can send without being
 * asked, and no client of these APIs sends them.
 */
function refuseForm({ headers }: IncomingMessage): void {
  const type = headers['content-type']
  if (type !== undefined && /^\s*(?:text\/plain|application\/x-www-form-urlencoded)/i.test(type))
    throw new Refusal(
      415,
      'unsupported_media_type',
      `The request body has Content-Type ${type.slice(0, 64)}; send JSON with Content-Type: application/json`,
    )
}

/** @throws Refusal */
function factsOf(
  format: WireFormat,
  body: Json | undefined,
  { path }: MeantRoute,
  query: string,
): RequestFacts {
  const facts = format.readRequest(body)
  if ('problem' in facts)
    throw new Refusal(400, facts.problem.code, facts.problem.message, facts.problem.param)
  const all = { ...facts, ...format.pathFacts?.(path, query) }
  // Providers of some kinds have it in their path, where half a character cannot stand.
  if (all.model?.isWellFormed() === false)
    throw new Refusal(400, 'invalid_value', "'model' has half of a surrogate pair in it", 'model')
  return all
}

/** The deployment of an Azure client's path is its model, whatever its body says. */
function withModel(json: Json | undefined, deployment: string | undefined): Json | undefined {
  return deployment !== undefined && isObject(json) ? { ...json, model: deployment } : json
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function parse(written: string): Json {
  try {
    return JSON.parse(written) as Json
  } catch (error) {
    const problem = encodingProblem(written) ?? jsonProblem(error)
    throw new Refusal(400, 'invalid_json', `The request body is not valid JSON: ${problem}`)
  }
}

/** What files from Windows begin with. The sign that JSON.parse would name is invisible. */
function encodingProblem(written: string): string | undefined {
  if (written.startsWith('\uFEFF')) return 'it begins with a byte order mark; send UTF-8 without one'
  if (/^(?:\uFFFD\uFFFD|\0?[^\0]\0)/.test(written))
    return 'it is UTF-16, or another encoding of its kind; send UTF-8'
  return undefined
}
