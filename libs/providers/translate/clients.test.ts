import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import OpenAI from 'openai'
import { createMockProvider } from '../mock/create-mock-provider.ts'
import { createSseParser } from '../sse.ts'
import { goldenTranslator } from './golden/exchange.ts'
import { UntranslatableError } from './untranslatable-error.ts'

/** The published OpenAI client, a translator, and a provider that speaks Anthropic's format only. */
const provider = createServer(createMockProvider())
const gateway = createServer((req, res) => {
  translate(req, res).catch((error) => res.destroy(error))
})
let client: OpenAI

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

let providerUrl: string

before(async () => {
  providerUrl = await listen(provider)
  client = new OpenAI({ baseURL: await listen(gateway), apiKey: 'any', maxRetries: 0, logLevel: 'off' })
})

after(() => {
  for (const server of [provider, gateway]) {
    server.closeAllConnections()
    server.close()
  }
})

async function translate(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const translator = goldenTranslator('openai-client')
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString()
  let request: string
  try {
    request = translator.request(body, { defaultMaxTokens: 4096, server: 'compatible' }).body
  } catch (error) {
    if (!(error instanceof UntranslatableError)) throw error
    const { message, param, code, status } = error
    res.writeHead(status, { 'Content-Type': 'application/json' })
    res.end(JSON.stringify({ error: { message, type: 'invalid_request_error', param, code } }))
    return
  }
  const response = await fetch(`${providerUrl}/messages`, { method: 'POST', body: request })
  const includeUsage = body.includes('"include_usage":true')
  const options = { createdSeconds: 1_750_000_000, includeUsage, toolNames: new Map<string, string>() }
  if (!response.ok) {
    const error = translator.error(response.status, await response.text())
    res.writeHead(error.status, { 'Content-Type': 'application/json' })
    res.end(error.body)
  } else if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' })
    const parser = createSseParser()
    const { push } = translator.createStream(options)
    for await (const chunk of response.body ?? []) {
      for (const frame of parser.push(Buffer.from(chunk)).flatMap(push)) res.write(frame.raw)
    }
    res.end()
  } else {
    res.writeHead(200, { 'Content-Type': 'application/json' })
    res.end(translator.response(await response.text(), options))
  }
}

const user = (content: string) => ({
  model: 'claude-sonnet-4-5',
  messages: [{ role: 'user' as const, content }],
})

test('an app written for OpenAI chats with an Anthropic provider', async () => {
  const completion = await client.chat.completions.create(user('Hello there'))
  assert.equal(completion.choices[0]?.message.content, 'Hello there')
  assert.equal(completion.choices[0]?.finish_reason, 'stop')
  assert.equal(completion.usage?.total_tokens, 6)
})

test('and streams, with usage at the end', async () => {
  const stream = client.chat.completions.stream({
    ...user('one two three'),
    stream_options: { include_usage: true },
  })
  const pieces: string[] = []
  stream.on('content', (piece) => pieces.push(piece))
  const completion = await stream.finalChatCompletion()
  assert.deepEqual(pieces.filter(Boolean), ['one', ' two', ' three'])
  assert.equal(completion.choices[0]?.message.content, 'one two three')
  assert.equal((await stream.totalUsage()).completion_tokens, 4)
})

test('and calls tools in parallel, plain and streamed, and gets their results answered', async () => {
  const asked = user('mock:tool=weather args={"city": "Zürich", "days": 1.0} tool=time')
  const streamed = await client.chat.completions.stream(asked).finalChatCompletion()
  for (const completion of [streamed, await client.chat.completions.create(asked)]) {
    const { message, finish_reason } = completion.choices[0] ?? assert.fail()
    const calls = message.tool_calls?.map((call) => call.type === 'function' && call.function.arguments)
    assert.deepEqual(calls, ['{"city": "Zürich", "days": 1.0}', '{}'])
    assert.equal(finish_reason, 'tool_calls')
    const results = (message.tool_calls ?? []).map(({ id }, index) => ({
      role: 'tool' as const,
      tool_call_id: id,
      content: `result ${index}`,
    }))
    const next = await client.chat.completions.create({
      ...asked,
      messages: [...asked.messages, message, ...results],
    })
    assert.equal(next.choices[0]?.message.content, 'result 0\nresult 1')
  }
})

test('and gets the typed errors that it knows', async () => {
  const typed = {
    400: OpenAI.BadRequestError,
    401: OpenAI.AuthenticationError,
    403: OpenAI.PermissionDeniedError,
    404: OpenAI.NotFoundError,
    429: OpenAI.RateLimitError,
    500: OpenAI.InternalServerError,
    529: OpenAI.InternalServerError,
  }
  for (const [status, type] of Object.entries(typed)) {
    await assert.rejects(client.chat.completions.create(user(`mock:status=${status}`)), type)
  }
})

test('and the error names the field that the provider cannot take', async () => {
  await assert.rejects(client.chat.completions.create({ ...user('Hi'), n: 2 }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError)
    assert.equal(error.param, 'n')
    return true
  })
})
