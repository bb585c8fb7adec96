import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import OpenAI from 'openai'
import { formats } from '../formats.ts'
import { createSseParser, type SseFrame } from '../sse.ts'
import type { WireFormat } from '../wire-format.ts'
import { createMockProvider } from './create-mock-provider.ts'

let server: Server
let client: OpenAI
let baseURL: string

before(async () => {
  server = createServer(createMockProvider()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  client = new OpenAI({ baseURL, apiKey: 'any', maxRetries: 0, logLevel: 'off' })
})

after(() => {
  server.closeAllConnections()
  server.close()
})

async function gather<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const one of stream) all.push(one)
  return all
}

const user = (content: string) => ({ model: 'gpt-4o', messages: [{ role: 'user' as const, content }] })

async function streamed(path: string, body: object, format: WireFormat) {
  const response = await fetch(`${baseURL}${path}`, {
    method: 'POST',
    body: JSON.stringify({ ...body, stream: true }),
  })
  assert.equal(response.status, 200)
  const parser = createSseParser()
  const assembler = format.createAssembler()
  const follower = format.createFollower()
  const frames: SseFrame[] = []
  const take = (frame: SseFrame) => {
    frames.push(frame)
    assembler.push(frame)
    follower.push(frame)
  }
  for await (const chunk of response.body ?? []) parser.push(Buffer.from(chunk)).forEach(take)
  return { frames, follower, body: assembler.result() }
}

async function plain(path: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${baseURL}${path}`, { method: 'POST', body: JSON.stringify(body) })
  assert.equal(response.status, 200)
  return (await response.json()) as Record<string, unknown>
}

test('a chat is echoed, with usage, the same each time', async () => {
  const first = await client.chat.completions.create(user('Hello there'))
  const second = await client.chat.completions.create(user('Hello there'))
  assert.equal(first.choices[0]?.message.content, 'Hello there')
  assert.equal(first.choices[0]?.finish_reason, 'stop')
  assert.equal(first.usage?.prompt_tokens, 3)
  assert.deepEqual(second, first)
})

test('a streamed chat arrives word by word, with usage where it is asked for', async () => {
  const stream = await client.chat.completions.create({
    ...user('one two  three'),
    stream: true,
    stream_options: { include_usage: true },
  })
  const chunks = await gather(stream)
  const pieces = chunks.map((chunk) => chunk.choices[0]?.delta.content).filter((piece) => piece)
  assert.deepEqual(pieces, ['one', ' two', '  three'])
  assert.deepEqual(chunks.at(-1)?.choices, [])
  assert.equal(chunks.at(-1)?.usage?.total_tokens, 8)
})

test('tools are called in parallel with the arguments as they were written, and their results are answered', async () => {
  const content = 'What? mock:tool=weather args={"city": "Zürich"} tool=time args={"n": 1.0}'
  const runner = client.chat.completions.stream(user(content))
  const { message } = (await runner.finalChatCompletion()).choices[0] ?? assert.fail()
  assert.deepEqual(
    message.tool_calls?.map((call) => call.type === 'function' && call.function.arguments),
    ['{"city": "Zürich"}', '{"n": 1.0}'],
  )
  const next = await client.chat.completions.create({
    model: 'gpt-4o',
    messages: [
      { role: 'user', content },
      message,
      { role: 'tool', tool_call_id: message.tool_calls?.[0]?.id ?? '', content: 'Sunny' },
    ],
  })
  assert.equal(next.choices[0]?.message.content, 'Sunny')
  assert.equal(next.choices[0]?.finish_reason, 'stop')
})

test('a forced tool is called with arguments that fit its schema, in each format', async () => {
  const schema = {
    type: 'object',
    required: ['city', 'days', 'unit', 'places'],
    properties: {
      city: { type: 'string' },
      days: { type: 'integer', minimum: 3 },
      unit: { enum: ['C', 'F'] },
      places: { type: 'array', minItems: 1, items: { $ref: '#/none', type: ['string', 'null'] } },
      other: { type: 'string' },
    },
  }
  const expected = '{"city":"text","days":3,"unit":"C","places":["text"]}'
  const definitions = [{ name: 'time' }, { name: 'weather', parameters: schema }]
  const tools = definitions.map((definition) => ({ type: 'function', function: definition }))
  const named = { type: 'function', function: { name: 'weather' } }
  const chats = ['required', named].map((tool_choice) => ({ ...user('Hi'), tools, tool_choice }))
  const called: unknown[] = []
  for (const body of chats) {
    const { choices } = (await plain('/chat/completions', body)) as unknown as OpenAI.ChatCompletion
    assert.equal(choices[0]?.finish_reason, 'tool_calls')
    const [call] = choices[0]?.message.tool_calls ?? []
    called.push(call?.type === 'function' && [call.function.name, call.function.arguments])
  }
  assert.deepEqual(called, [
    ['time', '{}'],
    ['weather', expected],
  ])
  const response = await plain('/responses', {
    model: 'm',
    input: 'Hi',
    tools: definitions.map((definition) => ({ type: 'function', ...definition })),
    tool_choice: { type: 'function', name: 'weather' },
  })
  const [item] = response.output as { type: string; arguments: string }[]
  assert.deepEqual([item?.type, item?.arguments], ['function_call', expected])
  const message = await plain('/messages', {
    ...user('Hi'),
    max_tokens: 9,
    tools: [{ name: 'weather', input_schema: schema }],
    tool_choice: { type: 'any' },
  })
  const [block] = message.content as { type: string; input: object }[]
  assert.deepEqual([block?.type, block?.input], ['tool_use', JSON.parse(expected)])
  assert.equal(message.stop_reason, 'tool_use')
})

test('the official client raises its typed error for each status', async () => {
  const typed = {
    400: OpenAI.BadRequestError,
    401: OpenAI.AuthenticationError,
    403: OpenAI.PermissionDeniedError,
    404: OpenAI.NotFoundError,
    409: OpenAI.ConflictError,
    422: OpenAI.UnprocessableEntityError,
    429: OpenAI.RateLimitError,
    500: OpenAI.InternalServerError,
    529: OpenAI.InternalServerError,
  }
  for (const [status, type] of Object.entries(typed)) {
    const request = client.chat.completions.create(user(`mock:status=${status}`))
    await assert.rejects(request, (error: InstanceType<typeof OpenAI.APIError>) => {
      assert.ok(error instanceof type)
      assert.equal(error.status, Number(status))
      if (status === '429') assert.equal(error.code, 'rate_limit_exceeded')
      if (status === '429') assert.equal(error.headers?.get('retry-after'), '1')
      return true
    })
  }
})

test('a directive that cannot be carried out is refused with status 400, which says why', async () => {
  await assert.rejects(client.chat.completions.create(user('mock:colour=red')), /colour= is not a directive/)
  await assert.rejects(client.chat.completions.create(user('mock:pace=fast')), /pace=fast must be a whole/)
  await assert.rejects(client.chat.completions.create(user('mock:text="open')), /does not end/)
  await assert.rejects(client.chat.completions.create(user('mock:args={}')), /must come after the tool=/)
})

test('chunks, pace and latency are kept', async () => {
  const started = performance.now()
  const { frames } = await streamed(
    '/chat/completions',
    user('mock:latency=30 chunks=5 pace=10 text="abcdefghij"'),
    formats['openai.chat'],
  )
  assert.ok(performance.now() - started >= 65)
  const pieces = frames.flatMap((frame) => formats['openai.chat'].frameTexts(frame)).map(({ text }) => text)
  assert.deepEqual(pieces, ['ab', 'cd', 'ef', 'gh', 'ij'])
})

test('a stream folds into the plain answer', async () => {
  for (const [path, format, body] of [
    ['/chat/completions', formats['openai.chat'], user('Grüße 👋 an alle')],
    ['/chat/completions', formats['openai.chat'], { ...user('two of them'), n: 2 }],
    [
      '/chat/completions',
      formats['openai.chat'],
      user('mock:text="Let me see" tool=a args={"x":[1,2]} tool=b'),
    ],
    ['/completions', formats['openai.completions'], { model: 'm', prompt: 'Once upon a time' }],
  ] as const) {
    const asked = { ...body, stream_options: { include_usage: true } }
    const { body: assembled, follower } = await streamed(path, asked, format)
    const whole = await plain(path, asked)
    const comparable = (reply: Record<string, unknown> = {}) => {
      const text = JSON.stringify({ ...reply, id: '', created: 0 }, (key, value) =>
        key === 'annotations' ? undefined : key === 'id' && value !== '' ? 'id' : value,
      )
      return JSON.parse(text) as unknown
    }
    assert.deepEqual(comparable(assembled), comparable(whole))
    assert.deepEqual(follower.usage(), format.usage(whole))
    assert.deepEqual(follower.finishReasons(), format.finishReasons(whole))
    assert.equal(follower.model(), whole.model)
  }
})

test('a Responses stream satisfies the checks of the official client and is the plain answer', async () => {
  const request = { model: 'gpt-5.4', input: 'mock:text="Let me see" tool=f args={"n": 1.0} tool=g' }
  const stream = client.responses.stream(request)
  const pieces: string[] = []
  stream.on('response.output_text.delta', ({ delta }) => pieces.push(delta))
  const streamed = await stream.finalResponse()
  const whole = await client.responses.create(request)
  assert.deepEqual(pieces, ['Let', ' me', ' see'])
  assert.equal(whole.output_text, 'Let me see')
  assert.deepEqual(
    whole.output.map((item) => item.type === 'function_call' && item.arguments),
    [false, '{"n": 1.0}', '{}'],
  )
  assert.equal(
    JSON.stringify(streamed.output.map(({ type }) => type)),
    JSON.stringify(whole.output.map(({ type }) => type)),
  )
  await assert.rejects(
    client.responses.create({ model: 'm', input: 'mock:status=429' }),
    OpenAI.RateLimitError,
  )
})

test('a stream of Messages or Responses folds into the plain answer, too', async () => {
  const content = 'mock:text="Grüße 👋" tool=a args={"x":[1,2]} tool=b'
  for (const [path, format, body] of [
    ['/messages', formats['anthropic.messages'], { ...user(content), max_tokens: 9 }],
    ['/responses', formats['openai.responses'], { model: 'm', input: content }],
  ] as const) {
    const { body: assembled, follower } = await streamed(path, body, format)
    const whole = await plain(path, body)
    const comparable = (reply: Record<string, unknown> = {}) =>
      JSON.parse(
        JSON.stringify(reply).replaceAll(/"(id|call_id)":"[^"]*"|"created_at":\d+/g, '"id":0'),
      ) as unknown
    assert.deepEqual(comparable(assembled), comparable(whole))
    assert.deepEqual(follower.usage(), format.usage(whole))
    assert.deepEqual(follower.finishReasons(), format.finishReasons(whole))
    assert.equal(follower.model(), whole.model)
  }
})

test('Messages are counted, and errors have the shape that their format has', async () => {
  const counted = await plain('/messages/count_tokens', {
    model: 'm',
    messages: [{ role: 'user', content: '12345678' }],
  })
  assert.deepEqual(counted, { input_tokens: 2 })
  const response = await fetch(`${baseURL}/messages`, {
    method: 'POST',
    body: JSON.stringify(user('mock:status=529')),
  })
  assert.equal(response.status, 529)
  const { error } = (await response.json()) as { error: { type: string } }
  assert.equal(error.type, 'overloaded_error')
})

test('a cut stream breaks off after that many chunks', async () => {
  const stream = await client.chat.completions.create({ ...user('mock:chunks=9 cut=3'), stream: true })
  let pieces = 0
  await assert.rejects(async () => {
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) pieces++
  })
  assert.equal(pieces, 3)
  await assert.rejects(client.chat.completions.create(user('mock:cut=1')), TypeError)
})

test('a hanging answer hangs until the client leaves', async () => {
  const signal = AbortSignal.timeout(60)
  await assert.rejects(
    client.chat.completions.create(user('mock:hang=true'), { signal }),
    OpenAI.APIUserAbortError,
  )
})

test('the protocol is broken in every way that can be asked for', async () => {
  const ask = (fault: string, stream = false) =>
    fetch(`${baseURL}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ ...user(`hi mock:fault=${fault}`), stream }),
    })
  assert.match(await (await ask('html')).text(), /^<html>/)
  const ok = await ask('error200')
  assert.equal(ok.status, 200)
  assert.match(await ok.text(), /^\{"error":/)
  await assert.rejects(async () => (await ask('malformed')).json(), SyntaxError)
  await assert.rejects(async () => (await ask('badlength')).text(), TypeError)
  assert.equal((await (await ask('repeated-end', true)).text()).match(/\[DONE\]/g)?.length, 2)
  assert.doesNotMatch(await (await ask('no-end', true)).text(), /\[DONE\]/)
  assert.match(await (await ask('malformed', true)).text(), /"delta":\n\n/)
  const endless = await ask('endless', true)
  let bytes = 0
  for await (const chunk of endless.body ?? []) {
    bytes += chunk.length
    if (bytes > 1_000_000) break
  }
})

test('an answer of a given size has that size', async () => {
  const { body } = await streamed('/chat/completions', user('mock:size=3000000'), formats['openai.chat'])
  const [text] = formats['openai.chat'].responseTexts(body)
  assert.equal(text?.text.length, 3_000_000)
})

test('embeddings are unit vectors that depend on the input alone', async () => {
  const embed = (input: string | string[]) =>
    client.embeddings.create({ model: 'mock-embedding', input, dimensions: 64 })
  const { data } = await embed(['a', 'b'])
  const [a] = (await embed('a')).data
  assert.deepEqual(data[0]?.embedding, a?.embedding)
  assert.notDeepEqual(data[0]?.embedding, data[1]?.embedding)
  const length = Math.hypot(...(a?.embedding ?? []))
  assert.ok(Math.abs(length - 1) < 1e-6)
})

test('models are listed and looked up', async () => {
  const models = await gather(await client.models.list())
  assert.ok(models.some(({ id }) => id === 'mock'))
  assert.equal((await client.models.retrieve('mock')).owned_by, 'airs-cp')
  await assert.rejects(client.models.retrieve('nothing'), OpenAI.NotFoundError)
})

test('bad requests are refused as OpenAI refuses them', async () => {
  const post = (body: string) => fetch(`${baseURL}/chat/completions`, { method: 'POST', body })
  for (const body of ['{', '[]', '{"messages":[]}', '{"model":"m"}', '{"model":"m","messages":"hi"}']) {
    const response = await post(body)
    assert.equal(response.status, 400, body)
    const { error } = (await response.json()) as { error: { type: string } }
    assert.equal(error.type, 'invalid_request_error')
  }
  assert.equal((await fetch(`${baseURL}/nowhere`)).status, 404)
})
