import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { anthropicCountTokens } from '../formats/anthropic-count-tokens/format.ts'
import { geminiPath } from '../formats/gemini/places.ts'
import { geminiGenerate } from '../formats/gemini-generate/format.ts'
import { openaiErrorBody, openaiErrorType } from '../formats/openai/error.ts'
import { openaiEmbeddings } from '../formats/openai-embeddings/format.ts'
import { type JsonObject, parseObject } from '../json.ts'
import { writeJson } from '../raw-json.ts'
import type { WireError, WireFormat } from '../wire-format.ts'
import { anthropicMessagesEndpoint } from './anthropic-messages-endpoint.ts'
import { MockDirectiveError, type MockDirectives, readDirectives } from './directives.ts'
import { mockEmbeddings } from './embeddings.ts'
import { forcedTool } from './forced-tool.ts'
import { geminiEndpoint, geminiModels, geminiReckoning } from './gemini-endpoint.ts'
import { mediaResponse } from './media-endpoints.ts'
import type { MockEndpoint, MockFrame } from './mock-endpoint.ts'
import { mockError } from './mock-error.ts'
import { type MockResponse, mockResponse } from './mock-response.ts'
import { mockModel, mockModels } from './models.ts'
import { openaiChatEndpoint } from './openai-chat-endpoint.ts'
import { openaiCompletionsEndpoint } from './openai-completions-endpoint.ts'
import { openaiResponsesEndpoint } from './openai-responses-endpoint.ts'

const endpoints = new Map<string, MockEndpoint>([
  ['/v1/chat/completions', openaiChatEndpoint],
  ['/v1/completions', openaiCompletionsEndpoint],
  ['/v1/responses', openaiResponsesEndpoint],
  ['/v1/messages', anthropicMessagesEndpoint],
])

/**
 * A deterministic provider for trying out and for tests, to be served by `node:http`. It echoes the last user message, and
 * does what `mock:` directives in that message, or in a header, say (`MockDirectives`). Where the request forces a tool call, it calls that
 * tool with arguments that fit its schema. It asks for no credential and keeps no state.
 */
export function createMockProvider(): RequestListener {
  return (req, res) => {
    const gone = new AbortController()
    res.once('close', () => gone.abort())
    respond(req, res, gone.signal).catch(() => res.destroy())
  }
}

async function respond(req: IncomingMessage, res: ServerResponse, gone: AbortSignal): Promise<void> {
  const { pathname: path, searchParams } = new URL(req.url ?? '/', 'http://mock')
  const endpoint = endpoints.get(path)
  if (req.method === 'POST' && endpoint) return converse(req, res, endpoint, gone)
  if (req.method === 'POST' && path === '/v1/embeddings') {
    return convert(req, res, openaiEmbeddings, mockEmbeddings)
  }
  if (req.method === 'POST' && path === '/v1/messages/count_tokens') {
    return convert(req, res, anthropicCountTokens, (body) => ({
      input_tokens: anthropicMessagesEndpoint.prompt(body).inputTokens,
    }))
  }
  const gemini = geminiPath(path)
  if (req.method === 'POST' && gemini?.method.endsWith('enerateContent')) {
    const asksForStream = gemini.method === 'streamGenerateContent'
    const asList = asksForStream && searchParams.get('alt') !== 'sse'
    return converse(req, res, geminiEndpoint(path, asList), gone, asksForStream)
  }
  if (req.method === 'POST' && gemini) {
    const body = parseObject((await readBody(req)).toString('utf8')) ?? {}
    const reckoned = geminiReckoning(gemini.method, body)
    return reckoned ? sendJson(res, 200, reckoned) : sendError(res, mockError(404), geminiGenerate)
  }
  if (req.method === 'GET' && path === '/v1beta/models') return sendJson(res, 200, geminiModels)
  if (req.method === 'GET' && path === '/v1/models') return sendJson(res, 200, mockModels())
  if (req.method === 'GET' && path.startsWith('/v1/models/')) {
    const model = mockModel(decodeURIComponent(path.slice('/v1/models/'.length)))
    return model ? sendJson(res, 200, model) : sendError(res, mockError(404))
  }
  const media = mediaResponse(req.method ?? 'GET', path, await readBody(req), req.headers['content-type'])
  if (media?.body instanceof Buffer) {
    res.writeHead(200, { 'Content-Type': String(media.mediaType), 'Content-Length': media.body.length })
    res.end(media.body)
    return
  }
  if (media) return sendJson(res, 200, media as JsonObject)
  return sendError(res, invalid(404, `Invalid URL (${req.method} ${path})`, null))
}

/** An endpoint that reckons and does not converse. */
async function convert(
  req: IncomingMessage,
  res: ServerResponse,
  format: WireFormat,
  reckon: (body: JsonObject) => JsonObject,
): Promise<void> {
  const body = parseObject((await readBody(req)).toString('utf8'))
  const problem = problemOf(format, body)
  if (problem) sendError(res, problem, format)
  else sendJson(res, 200, reckon(body as JsonObject))
}

async function converse(
  req: IncomingMessage,
  res: ServerResponse,
  endpoint: MockEndpoint,
  gone: AbortSignal,
  asksForStream?: boolean,
): Promise<void> {
  const bytes = await readBody(req)
  const body = parseObject(bytes.toString('utf8'))
  const problem = problemOf(endpoint.format, body)
  if (problem || !body) return sendError(res, problem ?? mockError(400), endpoint.format)
  const prompt = endpoint.prompt(body)
  let read: ReturnType<typeof directivesOf>
  try {
    read = directivesOf(req, prompt.text)
  } catch (error) {
    if (!(error instanceof MockDirectiveError)) throw error
    return sendError(res, invalid(400, error.message, 'invalid_mock_directive'), endpoint.format)
  }
  const { directives, rest, isOfRequest } = read
  if (directives.latencyMs > 0) await delay(directives.latencyMs, undefined, { signal: gone })
  if (directives.hangAfterChunks === 'headers') return
  if (directives.fault === 'html') {
    return send(res, directives.status ?? 200, 'text/html', '<html><body><h1>Bad gateway</h1></body></html>')
  }
  if (directives.fault === 'error200')
    return sendError(res, { ...mockError(500), status: 200 }, endpoint.format)
  const { status = 200 } = directives
  if (status >= 400) return sendError(res, mockError(status), endpoint.format)
  // A message stays in the conversation when its tool has been called; a header is of one request.
  const calls = isOfRequest && directives.tools.length > 0
  const planned = mockResponse(
    { ...prompt, text: rest, ...(calls && { toolResults: [] }), forcedTool: forcedTool(body) },
    directives,
    bytes,
  )
  if (asksForStream ?? body.stream === true) await sendStream(res, status, endpoint, planned, body, gone)
  else sendPlain(res, status, writeJson(endpoint.plain(planned, body)), directives)
}

/**
 * What the header `X-Mock-Directives` says, or else the message. The header is in hexadecimal, so that no detector takes what
 * the mock is to say for what a client said.
 */
function directivesOf(
  { headers }: IncomingMessage,
  message: string,
): ReturnType<typeof readDirectives> & { isOfRequest: boolean } {
  const header = headers['x-mock-directives']
  if (typeof header !== 'string') return { ...readDirectives(message), isOfRequest: false }
  const { directives } = readDirectives(`mock:${Buffer.from(header, 'hex').toString('utf8')}`)
  return { directives, rest: message, isOfRequest: true }
}

function problemOf(format: WireFormat, body: JsonObject | undefined): WireError | undefined {
  if (!body) return invalid(400, 'We could not parse the JSON body of your request.', null)
  const read = format.readRequest(body)
  if (!('problem' in read)) return undefined
  const { param, message, code } = read.problem
  return { ...invalid(400, message, code), param }
}

function invalid(status: number, message: string, code: string | null): WireError {
  return { status, type: openaiErrorType(400), code, message, param: null }
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function sendJson(res: ServerResponse, status: number, body: JsonObject): void {
  send(res, status, 'application/json', JSON.stringify(body))
}

function sendError(res: ServerResponse, error: WireError, format?: WireFormat): void {
  if (error.status === 429 || error.status === 503) res.setHeader('Retry-After', '1')
  send(res, error.status, 'application/json', format ? format.errorBody(error) : openaiErrorBody(error))
}

function send(res: ServerResponse, status: number, mediaType: string, body: string): void {
  res.writeHead(status, { 'Content-Type': mediaType, 'Content-Length': Buffer.byteLength(body) })
  res.end(body)
}

function sendPlain(res: ServerResponse, status: number, json: string, directives: MockDirectives): void {
  const { fault, cutAfterChunks, hangAfterChunks } = directives
  const body = fault === 'malformed' ? json.slice(0, -1) : json
  const breaksOff = fault === 'badlength' || cutAfterChunks !== undefined || hangAfterChunks !== undefined
  if (!breaksOff) {
    send(res, status, 'application/json', body)
    return
  }
  const bytes = Buffer.from(body)
  const promised = fault === 'badlength' ? bytes.length + 100 : bytes.length
  const sent = fault === 'badlength' ? bytes : bytes.subarray(0, Math.floor(bytes.length / 2))
  res.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': promised })
  res.write(sent, () => {
    if (hangAfterChunks === undefined) res.destroy()
  })
}

async function sendStream(
  res: ServerResponse,
  status: number,
  endpoint: MockEndpoint,
  planned: MockResponse,
  body: JsonObject,
  gone: AbortSignal,
): Promise<void> {
  const { paceMs, cutAfterChunks, hangAfterChunks } = planned.directives
  const mediaType = endpoint.streamType ?? 'text/event-stream; charset=utf-8'
  res.writeHead(status, { 'Content-Type': mediaType, 'Cache-Control': 'no-cache' })
  res.flushHeaders()
  let chunks = 0
  for (const frame of framesWithFault(endpoint, planned, body)) {
    if (frame.chunk && chunks === cutAfterChunks) {
      res.destroy()
      return
    }
    if (frame.chunk && chunks === hangAfterChunks) return
    if (frame.chunk && chunks > 0 && paceMs > 0) await delay(paceMs, undefined, { signal: gone })
    if (gone.aborted) return
    await flushed(res, frame.text)
    if (frame.chunk) chunks++
  }
  res.end()
}

function* framesWithFault(
  endpoint: MockEndpoint,
  planned: MockResponse,
  body: JsonObject,
): Generator<MockFrame> {
  const { fault } = planned.directives
  let lastChunk: MockFrame | undefined
  let held: MockFrame | undefined
  for (const frame of endpoint.frames(planned, body)) {
    if (held) yield held
    if (frame.chunk && !lastChunk && fault === 'malformed') yield { text: brokenFrame, chunk: true }
    if (frame.chunk) lastChunk = frame
    while (fault === 'endless' && lastChunk) yield lastChunk
    held = frame
  }
  if (held && fault !== 'no-end') yield held
  if (held && fault === 'repeated-end') yield held
}

const brokenFrame = 'event: content_block_delta\ndata: {"choices":[{"delta":\n\n'

/** Writes, and resolves when the text has left the process or the connection is gone: so that frames arrive one by one. */
function flushed(res: ServerResponse, text: string): Promise<void> {
  return new Promise((resolve) => {
    res.write(text, () => resolve())
  })
}
