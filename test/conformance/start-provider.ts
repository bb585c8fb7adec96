import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { PassThrough } from 'node:stream'
import { createMockProvider } from '@airs-cp/providers'
import { listen } from '@airs-cp/runtime'
import { type PublishedApi, problemWith } from './published-api.ts'

export type Seen = {
  path: string
  headers: IncomingMessage['headers']
  // biome-ignore lint/suspicious/noExplicitAny: tests read many shapes of bodies
  json: any
}

export type Provider = {
  url: string
  seen: Seen[]
  /** The latest request. @throws where there was none. */
  last(): Seen
  close(): Promise<void>
}

/**
 * A provider on loopback. It refuses what the published API would refuse: a wrong credential, a missing header, a field
 * that is not in the specification. What it takes it answers as the built-in mock does, directives included.
 */
export async function startProvider(api: PublishedApi): Promise<Provider> {
  const seen: Seen[] = []
  const mock = createMockProvider()
  const reply = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const { url = '/', headers } = request
    const one: Seen = { path: url, headers, json: body.length > 0 ? JSON.parse(body.toString('utf8')) : {} }
    seen.push(one)
    const problem = problemWith(api, one)
    if (problem) sendJson(response, problem.status, problem.body)
    else if (request.method === 'GET' && url.split('?')[0] === (api.modelsPath ?? '/v1/models'))
      sendJson(response, 200, api.models)
    else if (url.startsWith('/v1/responses/')) sendStored(request, url, response)
    else mock(withBody(request, body), response)
  }
  const { url, close } = await serve((request, response) => {
    reply(request, response).catch(() => response.destroy())
  })
  return {
    url,
    seen,
    close,
    last() {
      const latest = seen.at(-1)
      if (!latest) throw new Error(`Nothing has reached the ${api.name} provider`)
      return latest
    },
  }
}

/** What the Responses API answers about a stored response, `resp_1`. */
function sendStored({ method }: IncomingMessage, url: string, response: ServerResponse): void {
  const stored = {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    model: 'gpt-5',
    status: 'completed',
    output: [
      {
        type: 'message',
        id: 'm',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'kept', annotations: [] }],
      },
    ],
    usage: { input_tokens: 5, output_tokens: 7, total_tokens: 12 },
  }
  const item = { type: 'message', id: 'i', role: 'user', content: [{ type: 'input_text', text: 'asked' }] }
  const list = { object: 'list', data: [item], first_id: 'i', last_id: 'i', has_more: false }
  const replies: Record<string, object> = {
    'GET /v1/responses/resp_1': stored,
    'DELETE /v1/responses/resp_1': { id: 'resp_1', object: 'response', deleted: true },
    'GET /v1/responses/resp_1/input_items': list,
    'POST /v1/responses/resp_1/cancel': { ...stored, status: 'cancelled' },
    'POST /v1/responses/input_tokens': { object: 'response.input_tokens', input_tokens: 11 },
  }
  const reply = replies[`${method} ${url.split('?')[0]}`]
  if (reply) sendJson(response, 200, reply)
  else
    sendJson(response, 404, {
      error: { message: 'Response not found.', type: 'invalid_request_error', param: 'id', code: null },
    })
}

export async function serve(listener: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
  const { url, close } = await listen(listener, { host: '127.0.0.1', port: 0 })
  return { url, close: () => close(0) }
}

/** The request again, with its body still to be read. */
function withBody(request: IncomingMessage, body: Buffer): IncomingMessage {
  const { method, url, headers } = request
  return Object.assign(new PassThrough().end(body), { method, url, headers }) as unknown as IncomingMessage
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
