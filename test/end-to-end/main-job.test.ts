import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { bodyBytes, eventTypes, type RecordedBody } from '@airs-cp/events'
import OpenAI from 'openai'
import { airs } from '../support/airs.ts'
import { controlOf, type RecordedEvent } from '../support/control.ts'
import { filesWith } from '../support/files-with.ts'
import { createRecordingFetch } from '../support/recording-fetch.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const canary = 'sk-canary-0a1b2c3d4e5f6071'

describe('the main job', () => {
  let stack: Stack
  let control: ReturnType<typeof controlOf>
  let client: OpenAI
  let directory: TemporaryDirectory
  const upstream = createServer((request, response) => {
    if (request.url === '/v1/chat/completions')
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')
    else request.socket.destroy()
  })
  const wire = createRecordingFetch()

  let firstDay: string

  before(async () => {
    firstDay = new Date().toISOString().slice(0, 10)
    directory = makeTemporaryDirectory()
    await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
    const { port } = upstream.address() as AddressInfo
    stack = await startStack({
      dataDir: directory.path,
      env: {
        AIRS_OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
        AIRS_OLLAMA_BASE_URL: 'http://127.0.0.1:1/v1',
        AIRS_MAX_BODY_BYTES: '200000',
        AIRS_FIRST_BYTE_TIMEOUT_MS: '1500',
      },
    })
    control = controlOf(stack)
    client = new OpenAI({
      baseURL: `${stack.urls.ingress}/v1`,
      apiKey: canary,
      fetch: wire.fetch,
      maxRetries: 0,
      defaultHeaders: { 'X-Session-ID': 'session-main-job', 'X-AIRS-Tags': 'support, billing' },
    })
  })
  after(async () => {
    upstream.close()
    upstream.closeAllConnections()
    await stack?.stop()
    directory?.remove()
  })

  /** The two events of the latest call, request first. */
  async function recordedPair(): Promise<{ call: (typeof wire.calls)[number]; events: RecordedEvent[] }> {
    const call = wire.calls.at(-1)!
    return { call, events: await control.events(call.exchange, 2) }
  }
  const bytesOf = (body: RecordedBody) => bodyBytes(body).toString('utf8')
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    wire.fetch(`${stack.urls.ingress}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })

  test('a plain chat completion is passed on and recorded byte for byte', async () => {
    const completion = await client.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'Grüße, 世界 🌍 \u2028 "quoted"' }],
    })
    assert.equal(completion.choices[0]?.message.content, 'Grüße, 世界 🌍 \u2028 "quoted"')
    const { call, events } = await recordedPair()
    assert.deepEqual(
      events.map(({ type }) => type),
      [eventTypes.requestReceived, eventTypes.responseCompleted],
    )
    const [request, outcome] = events as [RecordedEvent, RecordedEvent]
    assert.equal(bytesOf(request.data.request.body), call.sent)
    assert.equal(bytesOf(outcome.data.body), (await call.received).toString('utf8'))
    assert.equal(call.session, 'session-main-job')
    assert.deepEqual(request.data.tags, ['support', 'billing'])
    assert.equal(request.data.recording, 'strict')
    assert.equal(outcome.data.usage.outputTokens, completion.usage?.completion_tokens)
  })

  test('a streamed conversation is passed on and recorded byte for byte', async () => {
    const stream = await client.chat.completions.create({
      model: 'gpt-4o-mini',
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: 'system', content: 'You are terse.' },
        { role: 'user', content: 'mock:chunks=12 pace=2 text="a streamed answer in twelve pieces"' },
      ],
    })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    assert.equal(text, 'a streamed answer in twelve pieces')
    const { call, events } = await recordedPair()
    const [request, outcome] = events as [RecordedEvent, RecordedEvent]
    assert.equal(bytesOf(request.data.request.body), call.sent)
    assert.equal(outcome.type, eventTypes.responseCompleted)
    assert.equal(bytesOf(outcome.data.body), (await call.received).toString('utf8'))
    assert.equal(outcome.data.stream, true)
    assert.deepEqual(outcome.data.finishReasons, ['stop'])
  })

  test('tools, completions and models work through the official client', async () => {
    const withTool = await client.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'mock:tool=get_weather' }],
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } }],
    })
    assert.equal(withTool.choices[0]?.finish_reason, 'tool_calls')
    const completion = await client.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'Once' })
    assert.equal(completion.choices[0]?.text, 'Once')
    const models = await client.models.list()
    assert.ok(models.data.length > 0)
    const { events } = await recordedPair()
    assert.equal(events[0]?.data.request.path, '/v1/models')
  })

  test('what is exported is what was recorded, in order, and numbered without gaps', async () => {
    await Promise.all(wire.calls.map(({ exchange }) => control.events(exchange, 2)))
    const today = new Date().toISOString().slice(0, 10)
    const lines = (await control.exportEvents({ from: firstDay, to: today }))
      .toString('utf8')
      .trimEnd()
      .split('\n')
    const exported = lines.map((line) => JSON.parse(line) as RecordedEvent)
    for (const call of wire.calls) {
      const [request, outcome] = exported.filter(({ exchange }) => exchange === call.exchange)
      assert.equal(request?.data.request.body ? bytesOf(request.data.request.body) : undefined, call.sent)
      assert.equal(bytesOf(outcome!.data.body), (await call.received).toString('utf8'))
    }
    const sequences = exported.flatMap(({ sequence }) => sequence ?? []).sort((a, b) => a - b)
    assert.deepEqual(
      sequences,
      sequences.map((_, index) => index + 1),
    )
    const again = await control.exportEvents({ from: '2024-01-01', to: '2024-12-31' })
    assert.equal(again.length, 0)
  })

  test('an export without rows says so, and names what no exchange has', async () => {
    await stack.settled()
    const exported = (...filters: string[]) => airs(stack, ['export', ...filters])
    const mistyped = await exported('--finding', 'EMIAL', '--model', 'gpt-*')
    assert.deepEqual([mistyped.code, mistyped.out], [0, ''])
    assert.match(mistyped.err, /^It has no rows: .*\nNo exchange has .*"EMIAL"/m)
    assert.doesNotMatch(mistyped.err, /has (a|the) model/)
    const early = await exported('--to', '2024-12-31')
    assert.match(early.err, /^It has no rows: /m)
    assert.doesNotMatch(early.err, /No exchange has/)
    assert.doesNotMatch((await exported()).err, /no rows/)
  })

  test('lineage has the session with its exchanges in order', async () => {
    const { exchanges } = await control.json<{ exchanges: { exchange: string; state: string }[] }>(
      'GET',
      '/v1/sessions/session-main-job',
    )
    assert.deepEqual(
      exchanges.map(({ exchange }) => exchange),
      wire.calls.map(({ exchange }) => exchange),
    )
    assert.ok(exchanges.every(({ state }) => state === 'completed'))
  })

  describe('policy', () => {
    const policies = `
name: mask-emails
mode: enforce
detectors: [{ detector: pii, types: [EMAIL] }]
action: redact
owasp: [LLM02]
---
name: no-mail-for-agents
mode: enforce
direction: request
scope: { agents: [mailer] }
detectors: [{ detector: pii, types: [EMAIL] }]
action: block
message: Agents do not send mail
`
    const ask = (content: string, headers?: Record<string, string>) =>
      client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content }] }, { headers })

    test('in observe mode it finds, and changes nothing', async () => {
      await control.applyPolicy(policies)
      const completion = await ask('write to ann@example.com')
      assert.equal(completion.choices[0]?.message.content, 'write to ann@example.com')
      const { events } = await recordedPair()
      const { decision } = events[0]!.data
      assert.equal(decision.action, 'allow')
      assert.equal(decision.verdicts[0].action, 'redact')
      assert.equal(decision.verdicts[0].enforced, false)
      assert.deepEqual([decision.findings[0].path, decision.findings[0].start], ['/messages/0/content', 9])
      assert.ok(!JSON.stringify(decision).includes('ann@example.com'))
      assert.equal(events[1]!.data.decision.findings.length, 1)
    })

    test('in enforce mode it redacts what the provider gets, and what the client gets', async () => {
      const { ingresses } = await control.json<{ ingresses: object }>('PUT', '/v1/mode', { mode: 'enforce' })
      assert.deepEqual(
        ingresses,
        { activated: 1, pending: [], rejected: [] },
        'answered when the ingress has it',
      )
      const completion = await ask('write to ann@example.com')
      assert.equal(completion.choices[0]?.message.content, 'write to [EMAIL_1]')
      const { events } = await recordedPair()
      assert.ok(bytesOf(events[0]!.data.forwarded.body).includes('[EMAIL_1]'))
      const reply = await ask('mock:text="it is bob@example.org, I think"')
      assert.ok(!reply.choices[0]?.message.content?.includes('bob@'))
    })

    test('a streamed answer is redacted however it is cut', async () => {
      await control.applyPolicy(policies.replace('mode: enforce', 'mode: enforce\ndirection: response'))
      const stream = await client.chat.completions.create({
        model: 'm',
        stream: true,
        messages: [{ role: 'user', content: 'mock:chunks=40 text="mail bob.smith@example.org or call"' }],
      })
      const pieces: string[] = []
      for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '')
      assert.match(pieces.join(''), /^mail \[EMAIL_\d\] or call$/)
      assert.ok(pieces.filter(Boolean).length > 3, 'it is judged while it streams')
      const { call, events } = await recordedPair()
      assert.deepEqual(events[1]!.data.delivered.changes, ['redacted'])
      assert.equal(bytesOf(events[1]!.data.delivered.body), (await call.received).toString('utf8'))
      assert.equal(events[1]!.data.decision.findings[0].type, 'EMAIL')
    })

    test('a streamed answer that must not be given ends before the match, in the way of its format', async () => {
      await control.applyPolicy(`
name: no-cards
mode: enforce
direction: response
detectors: [{ detector: pii, types: [CREDIT_CARD] }]
action: block
message: Card numbers stay here
`)
      const stream = await client.chat.completions.create({
        model: 'm',
        stream: true,
        messages: [
          { role: 'user', content: 'mock:chunks=30 text="the card is 4111 1111 1111 1111 and more"' },
        ],
      })
      let text = ''
      let finish: string | null | undefined
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? ''
        finish = chunk.choices[0]?.finish_reason ?? finish
      }
      assert.ok(text.startsWith('the card is') && !text.includes('4111'), text)
      assert.equal(finish, 'content_filter')
      const { events } = await recordedPair()
      assert.equal(events[1]!.type, eventTypes.responseBlocked)
      assert.equal(events[1]!.data.decision.verdicts[0].policy, 'no-cards')
      await control.call('DELETE', '/v1/policies/no-cards')
      await control.inForce()
    })

    test('a block has status 403, which the client raises as its own error, and the provider gets nothing', async () => {
      const blocked = ask('write to ann@example.com', { 'X-AIRS-Agent': 'mailer' })
      await assert.rejects(blocked, (error) => {
        assert.ok(error instanceof OpenAI.PermissionDeniedError)
        assert.equal(error.code, 'blocked_by_policy')
        assert.match(error.message, /Agents do not send mail/)
        return true
      })
      const [only] = await control.events(wire.calls.at(-1)!.exchange, 1)
      assert.equal(only?.type, eventTypes.requestBlocked)
    })

    test('the bypass passes everything, and still records it', async () => {
      await control.setMode('off')
      assert.equal((await ask('to ann@example.com')).choices[0]?.message.content, 'to ann@example.com')
      const { events } = await recordedPair()
      assert.equal(events[0]!.data.decision.mode, 'off')
      await control.setMode('observe')
    })
  })

  describe('bad input', () => {
    const chat = (extra: object = {}) =>
      JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x' }], ...extra })
    const refused: [name: string, status: number, code: string, send: () => Promise<Response>][] = [
      ['invalid JSON', 400, 'invalid_json', () => post('/v1/chat/completions', '{"model": "m", ')],
      ['an unknown route', 404, 'unknown_url', () => post('/v2/nothing', chat())],
      [
        'a missing model',
        400,
        'missing_required_parameter',
        () => post('/v1/chat/completions', chat({ model: undefined })),
      ],
      [
        'an unknown provider',
        400,
        'unknown_provider',
        () => post('/v1/chat/completions', chat(), { 'x-airs-provider': 'nobody' }),
      ],
      [
        'a body over the limit',
        413,
        'body_too_large',
        () => post('/v1/chat/completions', chat({ pad: 'x'.repeat(200_000) })),
      ],
    ]
    for (const [name, status, code, send] of refused)
      test(`${name} is a ${status} and is recorded`, async () => {
        const response = await send()
        const { error } = (await response.json()) as { error: { code: string; message: string } }
        assert.deepEqual([response.status, error.code], [status, code])
        const [event] = await control.events(response.headers.get('x-airs-exchange-id')!, 1)
        assert.equal(event?.type, eventTypes.requestRejected)
      })

    const failing: [name: string, status: number, code: string, send: () => Promise<Response>][] = [
      [
        'refuses connections',
        502,
        'upstream_unreachable',
        () => post('/v1/chat/completions', chat(), { 'x-airs-provider': 'ollama' }),
      ],
      [
        'hangs up',
        502,
        'upstream_cut',
        () =>
          post('/v1/completions', JSON.stringify({ model: 'm', prompt: 'x' }), {
            'x-airs-provider': 'openai',
          }),
      ],
      [
        'never answers',
        504,
        'upstream_timeout',
        () => post('/v1/chat/completions', chat({ messages: [{ role: 'user', content: 'mock:hang=true' }] })),
      ],
    ]
    for (const [name, status, code, send] of failing)
      test(`a provider that ${name} is a ${status} and is recorded`, async () => {
        const response = await send()
        const { error } = (await response.json()) as { error: { code: string } }
        assert.deepEqual([response.status, error.code], [status, code])
        const events = await control.events(response.headers.get('x-airs-exchange-id')!, 2)
        assert.equal(events[1]?.type, eventTypes.responseFailed)
        assert.equal(events[1]?.data.error.code, code)
      })

    test('a provider error passes through with its status', async () => {
      const limited = client.chat.completions.create({
        model: 'm',
        messages: [{ role: 'user', content: 'mock:status=429' }],
      })
      await assert.rejects(limited, OpenAI.RateLimitError)
      const { call, events } = await recordedPair()
      assert.equal(events[1]?.type, eventTypes.responseFailed)
      assert.equal(bytesOf(events[1]!.data.body), (await call.received).toString('utf8'))
    })

    test('a stream that the provider cuts ends with an error, without the terminator', async () => {
      const stream = await client.chat.completions.create({
        model: 'm',
        stream: true,
        messages: [{ role: 'user', content: 'mock:chunks=10 pace=5 cut=3 text="this will not be complete"' }],
      })
      await assert.rejects(async () => {
        for await (const _ of stream);
      })
      const { events } = await recordedPair()
      assert.deepEqual(
        [events[1]?.type, events[1]?.data.error.code],
        [eventTypes.responseFailed, 'upstream_cut'],
      )
    })

    test('a client that leaves in mid-stream is recorded as aborted', async () => {
      const leaving = new AbortController()
      const stream = await client.chat.completions.create(
        {
          model: 'm',
          stream: true,
          messages: [{ role: 'user', content: `mock:chunks=200 pace=20 text="${'long '.repeat(40)}"` }],
        },
        { signal: leaving.signal },
      )
      const call = wire.calls.at(-1)!
      for await (const _ of stream) break
      leaving.abort()
      const events = await control.events(call.exchange, 2)
      assert.equal(events[1]?.type, eventTypes.responseAborted)
    })
  })

  test('no credential is anywhere in what is stored', async () => {
    const everything = await control.exportEvents()
    assert.ok(everything.length > 10_000)
    assert.ok(!everything.includes(canary))
    assert.match(everything.toString('utf8'), /"fingerprint":"[0-9a-f]{32}"/)
    assert.deepEqual(filesWith(directory.path, canary), [])
  })
})
