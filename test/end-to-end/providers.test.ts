import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { isDeepStrictEqual, promisify } from 'node:util'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { bodyBytes, eventTypes } from '@airs-cp/events'
import { createMockProvider } from '@airs-cp/providers'
import OpenAI, { AzureOpenAI } from 'openai'
import { airs } from '../support/airs.ts'
import { controlOf, type RecordedEvent, until } from '../support/control.ts'
import { rawRequest } from '../support/raw-request.ts'
import { createRecordingFetch } from '../support/recording-fetch.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

type Seen = { path: string; headers: Record<string, unknown>; body: string }

/** A provider that notes what reaches it, and answers as the mock does, or as `answer` says. */
function startProvider(
  reply?: (seen: Seen, count: number) => { status: number; headers?: Record<string, string> } | undefined,
) {
  const seen: Seen[] = []
  const mock = createMockProvider()
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.once('end', () => {
      const one = {
        path: request.url!,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      }
      seen.push(one)
      const refusal = reply?.(one, seen.length)
      if (refusal) response.writeHead(refusal.status, refusal.headers).end('{"error":{"message":"busy"}}')
    })
    if (!reply) mock(request, response)
  })
  server.listen(0, '127.0.0.1')
  return { seen, server, url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const rawResponse = '{ "id":"c-1",\r\n "novel" : [1.0, 1e2, "\\u00e9\\/"],"choices":[ ] }\n'
const rawStream =
  ': hello\r\n\r\nid: 7\r\nevent: x\r\ndata: {"id":"c", "choices":[],"novel":1.50}\r\n\r\ndata: [DONE]\n\ndata: [DONE]\n\n: bye\n\n'
const halfStream = 'data: {"id":"c","choices":[{"index":0,"delta":{"content":"Hello wo"}}]}\n\n'
const rawHeaders = {
  'x-request-id': 'req_raw',
  'openai-organization': 'org',
  'openai-processing-ms': '12',
  'x-ratelimit-remaining-requests': '9',
  'anthropic-ratelimit-tokens-remaining': '3',
  'x-novel': 'a, b',
}

/** A provider that answers in bytes that no serializer would write, and notes when it is left. */
function startRawProvider() {
  const seen: Seen[] = []
  const left: string[] = []
  const served = new WeakSet<Socket>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.once('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const model = /"model":\s*"raw-(\w+)"/.exec(body)?.[1] ?? ''
      seen.push({ path: request.url!, headers: request.headers, body })
      response.once('close', () => left.push(model))
      if (model === 'silent') return
      if (model === 'idle' && served.has(request.socket)) return request.socket.resetAndDestroy()
      served.add(request.socket)
      const isStream = body.includes('"stream":true')
      const type =
        isStream && model !== 'unlabelled'
          ? 'text/event-stream; charset=UTF-8'
          : 'application/json; charset=UTF-8'
      response.writeHead(200, { ...rawHeaders, 'content-type': type })
      if (model === 'endless') response.write('data: {"choices":[{"index":0,"delta":{"content":"x"}}]}\n\n')
      else response.end(isStream ? (model === 'half' ? halfStream : rawStream) : rawResponse)
    })
  })
  server.listen(0, '127.0.0.1')
  return { seen, left, server, url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('providers', () => {
  let stack: Stack
  let control: ReturnType<typeof controlOf>
  let directory: TemporaryDirectory
  const wire = createRecordingFetch()
  const openai = startProvider()
  const anthropic = startProvider()
  let busyCalls = 0
  const busy = startProvider(({ path }) => ({
    status: 503,
    headers: { 'retry-after': path.endsWith('/models') || ++busyCalls === 1 ? '0' : '1' },
  }))
  /** An API whose address lacks its `/v1`. */
  const page = createServer((_request, response) =>
    response.writeHead(404, { 'content-type': 'text/html' }).end('<html><title>404</title></html>'),
  )
  const raw = startRawProvider()
  const failing = startProvider(() => ({ status: 500 }))
  let client: OpenAI

  before(async () => {
    for (const { server } of [openai, anthropic, busy, failing, raw])
      if (!server.listening) await once(server, 'listening')
    page.listen(0, '127.0.0.1')
    await once(page, 'listening')
    directory = makeTemporaryDirectory()
    const file = join(directory.path, 'providers.yaml')
    writeFileSync(
      file,
      `
providers:
  busy: { kind: openai-compatible, baseUrl: "${busy.url()}/v1" }
  paid: { kind: openai-compatible, baseUrl: "${openai.url()}/v1", apiKeyVariable: PAID_API_KEY }
  failing: { kind: openai-compatible, baseUrl: "${failing.url()}/v1" }
  raw: { kind: openai-compatible, baseUrl: "${raw.url()}/base/v1" }
  raw-messages: { kind: anthropic, baseUrl: "${raw.url()}" }
  azure-eu:
    kind: azure
    baseUrl: "${raw.url()}"
    apiVersion: "2024-10-21"
    deployments: { raw-azure: prod-4o }
  page: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${(page.address() as AddressInfo).port}" }
  gone: { kind: openai-compatible, baseUrl: "http://127.0.0.1:1/v1" }
routes:
  - { model: "claude-*", provider: anthropic }
  - { model: "paid-house", provider: paid }
  - { model: "paid-*", provider: paid }
  - { model: "fast", provider: openai, as: "gpt-4o-mini" }
  - { model: "raw-azure*", provider: azure-eu }
  - { model: "raw-*", provider: raw }
  - { model: "failing", provider: failing, fallbacks: [anthropic, { provider: openai, as: "gpt-4o" }] }
  - { model: "with-fallback", provider: gone, fallbacks: [busy, { provider: openai, as: "gpt-4o" }] }
`,
    )
    stack = await startStack({
      dataDir: join(directory.path, 'data'),
      env: {
        AIRS_PROVIDER: 'openai',
        AIRS_PROVIDERS_FILE: file,
        PAID_API_KEY: 'sk-of-the-server',
        AIRS_OPENAI_BASE_URL: `${openai.url()}/v1`,
        AIRS_ANTHROPIC_BASE_URL: anthropic.url(),
        AIRS_GEMINI_BASE_URL: openai.url(),
      },
    })
    control = controlOf(stack)
    client = new OpenAI({
      baseURL: `${stack.urls.ingress}/v1`,
      apiKey: 'sk-client',
      fetch: wire.fetch,
      maxRetries: 0,
    })
  })
  after(async () => {
    page.close()
    for (const { server } of [openai, anthropic, busy, failing, raw]) {
      server.closeAllConnections()
      server.close()
    }
    await stack?.stop()
    directory?.remove()
  })
  const recorded = async () => control.events(wire.calls.at(-1)!.exchange, 2)
  const ask = (model: string, content: string, extra: object = {}) =>
    client.chat.completions.create({ model, messages: [{ role: 'user', content }], ...extra })

  test('a provider of the same format gets the client’s bytes and credential exactly', async () => {
    const body = '{ "model":"gpt-4o",\n "messages": [{"role":"user","content":"x"}], "unknown_field": 1.50 }'
    const response = await wire.fetch(`${stack.urls.ingress}/v1/chat/completions?v=1`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer sk-client',
        'x-airs-tags': 'a',
        'x-custom': 'kept',
      },
    })
    await response.text()
    const { path, headers, body: sent } = openai.seen.at(-1)!
    assert.deepEqual(
      [path, sent, headers.authorization],
      ['/v1/chat/completions?v=1', body, 'Bearer sk-client'],
    )
    assert.deepEqual([headers['x-airs-tags'], headers['x-custom']], [undefined, 'kept'])
  })

  for (const stream of [false, true])
    for (const [path, named] of [
      ['/v1/chat/completions', undefined],
      ['/v1/completions', undefined],
      ['/v1/embeddings', undefined],
      ['/v1/responses', undefined],
      ['/v1/messages', 'raw-messages'],
    ] as const)
      if (!stream || path !== '/v1/embeddings')
        test(`bytes and headers are the other side’s own: ${path}${stream ? ', streamed' : ''}`, async () => {
          const body = `{ "model":"raw-x","stream":${stream},\n"messages" :[], "input":"\\u0041","prompt":"", "novel": 1.50, "max_tokens":1}\t`
          const sent: Record<string, string> = {
            authorization: 'Bearer sk-client',
            'content-type': 'application/json; charset=utf-8',
            'user-agent': 'An App/1.0',
            'openai-organization': 'org',
            'anthropic-beta': 'b1,b2',
            'anthropic-version': '2023-01-01',
            'x-stainless-lang': 'js',
            'idempotency-key': 'k',
            accept: '*/*',
          }
          const response = await fetch(`${stack.urls.ingress}${path}?beta=true&x=%20y`, {
            method: 'POST',
            body,
            headers: {
              'content-type': 'application/json',
              ...sent,
              ...(named && { 'x-airs-provider': named }),
            },
          })
          assert.equal(await response.text(), stream ? rawStream : rawResponse)
          const { headers, ...upstream } = raw.seen.at(-1)!
          const base = named ? '' : '/base'
          assert.deepEqual(upstream, { path: `${base}${path}?beta=true&x=%20y`, body })
          const foreign = named ? /^(?:openai-|authorization)/ : /^anthropic-/
          for (const [name, value] of Object.entries(sent))
            assert.equal(headers[name], foreign.test(name) ? undefined : value, name)
          if (named) assert.equal(headers['x-api-key'], 'sk-client')
          for (const [name, value] of Object.entries(rawHeaders))
            assert.equal(response.headers.get(name), value, name)
          assert.match(response.headers.get('content-type')!, /; charset=UTF-8$/)
        })

  test('Azure has a route per deployment, an API version, and its own header for the key', async () => {
    await ask('raw-azure', 'x').catch(() => undefined)
    const { path, headers, body } = raw.seen.at(-1)!
    assert.equal(path, '/openai/deployments/prod-4o/chat/completions?api-version=2024-10-21')
    assert.deepEqual([headers['api-key'], headers.authorization], ['sk-client', undefined])
    assert.equal((JSON.parse(body) as { model: string }).model, 'prod-4o')
  })

  for (const [model, what] of [
    ['raw-silent', 'before the answer'],
    ['raw-endless', 'within the answer'],
  ] as const)
    test(`a client that leaves ${what} leaves the provider, too`, async () => {
      const leaving = new AbortController()
      const asked = wire.fetch(`${stack.urls.ingress}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer sk-client' },
        body: JSON.stringify({ model, stream: true, messages: [] }),
        signal: leaving.signal,
      })
      if (model === 'raw-endless') await (await asked).body!.getReader().read()
      else
        await until(
          'the request to arrive',
          async () => raw.seen.some(({ body }) => body.includes(model)) || undefined,
        )
      leaving.abort()
      await asked.catch(() => undefined)
      await until('the provider to be left', async () => raw.left.includes(model.slice(4)) || undefined)
    })

  test('a body where none belongs is not forwarded', async () => {
    const smuggled = 'POST /v1/chat/completions HTTP/1.1\r\n\r\n'
    const reply = await rawRequest(
      stack.urls.ingress!,
      `GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer sk-client\r\nX-AIRS-Provider: openai\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    )
    assert.match(reply, /^HTTP\/1\.1 200 /)
    const { path, body, headers } = openai.seen.at(-1)!
    assert.deepEqual([path, body, headers['content-length']], ['/v1/models', '', undefined])
  })

  test('a client that asks for a WebSocket learns at once to go on with HTTP', async () => {
    const reply = await rawRequest(
      stack.urls.ingress!,
      'GET /v1/responses HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      (seen) => seen.includes('upgrade_required'),
    )
    assert.match(reply, /^HTTP\/1\.1 426 /)
    assert.match(reply, /upgrade: HTTP\/1\.1/i)
    const offer = await rawRequest(
      stack.urls.ingress!,
      'GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nX-AIRS-Provider: openai\r\nAuthorization: Bearer sk-client\r\n\r\n',
    )
    assert.match(offer, /^HTTP\/1\.1 200 /, "Java's client offers HTTP/2 with every request")
  })

  for (const [encoding, pack] of [
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const)
    test(`a request in ${encoding} is unpacked, and goes on as it was read`, async () => {
      const body = '{ "model":"gpt-4o", "messages":[{"role":"user","content":"packed"}], "novel": 1.0 }'
      const response = await wire.fetch(`${stack.urls.ingress}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-encoding': encoding,
          authorization: 'Bearer sk-client',
        },
        body: pack(body),
      })
      assert.equal(response.status, 200)
      const seen = openai.seen.at(-1)!
      assert.deepEqual([seen.body, seen.headers['content-encoding']], [body, undefined])
      const [request] = await recorded()
      assert.equal(bodyBytes(request?.data.request.body).toString('utf8'), body)
    })

  test('a request in an encoding that is not known, and one that is not what it says, are refused in words', async () => {
    for (const [encoding, status, words] of [
      ['compress', 415, /Content-Encoding compress.*gzip/],
      ['gzip', 400, /not valid gzip/],
    ] as const) {
      const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-encoding': encoding,
          authorization: 'Bearer sk-client',
        },
        body: '{"model":"gpt-4o","messages":[]}',
      })
      assert.equal(response.status, status)
      assert.match(await response.text(), words)
    }
  })

  test('base URLs with a slash or a /v1 too many or too few work in the official client', async () => {
    for (const base of ['', '/', '/v1/', '/v1/v1', '/openai/v1']) {
      const other = new OpenAI({
        baseURL: `${stack.urls.ingress}${base}`,
        apiKey: 'sk-client',
        maxRetries: 0,
        fetch: wire.fetch,
      })
      const { choices } = await other.chat.completions.create({
        model: 'gpt-4o',
        messages: [{ role: 'user', content: `of ${base}` }],
      })
      assert.equal(choices[0]?.message.content, `of ${base}`)
      assert.equal(openai.seen.at(-1)!.path, '/v1/chat/completions')
    }
  })

  test('the client for Azure works with any provider: its deployment is the model', async () => {
    const azure = new AzureOpenAI({
      endpoint: stack.urls.ingress!,
      apiKey: 'sk-client',
      apiVersion: '2024-10-21',
      deployment: 'gpt-4o-eu',
      maxRetries: 0,
      fetch: wire.fetch,
    })
    const { choices } = await azure.chat.completions.create({
      model: 'ignored',
      messages: [{ role: 'user', content: 'Hello from Azure' }],
    })
    assert.equal(choices[0]?.message.content, 'Hello from Azure')
    const { path, headers, body } = openai.seen.at(-1)!
    assert.deepEqual([path, headers.authorization], ['/v1/chat/completions', 'Bearer sk-client'])
    assert.equal((JSON.parse(body) as { model: string }).model, 'gpt-4o-eu')
    const [request] = await recorded()
    assert.equal(request?.data.request.model, 'gpt-4o-eu')
    assert.match(
      request?.data.request.path,
      /^\/openai\/deployments\/gpt-4o-eu\/chat\/completions\?api-version=/,
    )
    assert.deepEqual(request?.data.forwarded.changes, ['renamed'])

    const bare = await wire.fetch(
      `${stack.urls.ingress}/openai/deployments/claude-sonnet-4-5/chat/completions?api-version=2024-10-21`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'api-key': 'sk-client' },
        body: '{"messages":[{"role":"user","content":"no model"}]}',
      },
    )
    assert.equal(bare.status, 200)
    assert.equal((JSON.parse(anthropic.seen.at(-1)!.body) as { model: string }).model, 'claude-sonnet-4-5')
  })

  test('a provider that does not count tokens has them estimated, and says so', async () => {
    const asked = openai.seen.length
    const response = await wire.fetch(`${stack.urls.ingress}/v1/messages/count_tokens?beta=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'sk-client' },
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'How many are these?' }] }),
    })
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('x-airs-estimated'), 'true')
    const { input_tokens: tokens } = (await response.json()) as { input_tokens: number }
    assert.ok(tokens >= 5 && tokens < 20, String(tokens))
    assert.equal(openai.seen.length, asked)
    const [request, outcome] = await recorded()
    assert.equal(request?.data.request.format, 'anthropic.count-tokens')
    assert.deepEqual(outcome?.data.attempts, [])
  })

  test('a base URL without an API is diagnosed at the start, by the doctor, and for the client', async () => {
    const diagnosis =
      /provider page at http:\/\/127\.0\.0\.1:\d+ responds with a web page \(status 404\), which is no model API: it may lack \/v1; try http:\/\/127\.0\.0\.1:\d+\/v1/i
    await until('the addresses to be checked', async () => {
      const { notes } = (await (await fetch(`${stack.urls.ingress}/readyz`)).json()) as {
        notes?: { providers?: string }
      }
      return diagnosis.test(notes?.providers ?? '') || undefined
    })
    const doctor = await airs(stack, ['doctor'])
    assert.match(doctor.out, /FAILED {2}providers: /)
    assert.match(doctor.out, diagnosis)
    for (const path of ['/v1/chat/completions', '/v1/messages']) {
      const response = await fetch(`${stack.urls.ingress}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: 'Bearer sk-client',
          'x-airs-provider': 'page',
        },
        body: '{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}]}',
      })
      assert.equal(response.status, 404)
      const { error } = (await response.json()) as { error: { message: string } }
      assert.match(error.message, diagnosis)
    }
  })

  test('probes are no exchanges', async () => {
    await ask('gpt-4o', 'before the probes')
    const [, before] = await recorded()
    const url = stack.urls.ingress!
    const statusOf = async (path: string, method = 'GET') => (await fetch(url + path, { method })).status
    assert.deepEqual(
      [
        await statusOf('/'),
        await statusOf('/', 'HEAD'),
        await statusOf('/favicon.ico'),
        await statusOf('/v1/chat/completions'),
        await statusOf('/v1/models', 'HEAD'),
        await statusOf('/v1/chat/completions', 'OPTIONS'),
      ],
      [200, 200, 404, 405, 405, 204],
    )
    const { hostname, port } = new URL(url)
    connect(Number(port), hostname)
      .on('error', () => {})
      .end()
    assert.match(await rawRequest(url, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'), /^HTTP\/1\.1 400 /)
    await ask('gpt-4o', 'after the probes')
    const [after] = await recorded()
    assert.deepEqual([after?.journal, after?.sequence], [before?.journal, before!.sequence! + 1])
  })

  describe('the generic lane', () => {
    const through = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
      wire.fetch(stack.urls.ingress + path, {
        ...init,
        headers: { authorization: 'Bearer sk-client', ...init.headers },
      })
    const toAnthropic = { 'x-api-key': 'sk-ant-client', 'anthropic-version': '2023-06-01' }

    test('no documented URL is unrecorded', async () => {
      const asked = new Map<string, string>()
      const crawl = async (api: string, headers: Record<string, string>) => {
        const routes = readFileSync(`libs/providers/documented/${api}.txt`, 'utf8')
          .split('\n')
          .filter((line) => line !== '' && !line.startsWith('#'))
        assert.ok(routes.length > 200)
        const left = [...routes]
        const visit = async (): Promise<void> => {
          const route = left.pop()
          if (route === undefined) return
          const [method, path] = route.replaceAll('{id}', 'id_1').split(' ') as [string, string]
          const response = await fetch(stack.urls.ingress + path, {
            method,
            headers: { 'content-type': 'application/json', ...headers },
            ...(method === 'POST' && { body: '{"model":"gpt-4o"}' }),
          })
          await response.arrayBuffer()
          asked.set(response.headers.get('x-airs-exchange-id') ?? 'none', `${api} ${route}`)
          return visit()
        }
        await Promise.all(Array.from({ length: 16 }, visit))
        return routes.length
      }
      const total =
        (await crawl('openai', { authorization: 'Bearer sk-client' })) +
        (await crawl('anthropic', toAnthropic))
      assert.equal(asked.size, total)
      await stack.settled()
      const opened = new Map<string, RecordedEvent>()
      const closed = new Set<string>()
      for (const line of (await control.exportEvents()).toString('utf8').split('\n')) {
        if (line === '') continue
        const event = JSON.parse(line) as RecordedEvent
        if (event.exchange && event.data.request) opened.set(event.exchange, event)
        if (event.exchange && event.data.status) closed.add(event.exchange)
      }
      for (const [exchange, route] of asked) {
        assert.ok(opened.has(exchange) && closed.has(exchange), route)
        const { format, coverage } = opened.get(exchange)!.data.request
        assert.equal(coverage, format.startsWith('generic.') ? 'bytes only' : undefined, route)
      }
    })

    test('passes bytes on as they are, to the provider that the client means', async () => {
      const body = '{ "name":"caf\\u00e9", "novel": 1.50 }'
      const headers = { 'content-type': 'application/json' }
      for (const [path, extra, provider, reached] of [
        ['/v1/novel_stores?limit=2', {}, openai, '/v1/novel_stores?limit=2'],
        ['/openai/v1/novel_stores/', {}, openai, '/v1/novel_stores'],
        ['/v1/skills', toAnthropic, anthropic, '/v1/skills'],
        ['/v1/skills', { 'x-airs-provider': 'raw' }, raw, '/base/v1/skills'],
        [
          '/openai/novel_stores?api-version=2025-01-01-preview',
          { 'x-airs-provider': 'azure-eu' },
          raw,
          '/openai/novel_stores?api-version=2025-01-01-preview',
        ],
      ] as const) {
        await (await through(path, { method: 'POST', headers: { ...headers, ...extra }, body })).text()
        const seen = provider.seen.at(-1)!
        assert.deepEqual([seen.path, seen.body], [reached, body])
        const [asked] = await recorded()
        assert.equal(asked!.data.request.coverage, 'bytes only')
        assert.equal(bodyBytes(asked!.data.request.body).toString(), body)
      }
      assert.equal(anthropic.seen.at(-1)!.headers['x-api-key'], 'sk-ant-client')
    })

    test('images, sound, files and batches are judged by place', async () => {
      await control.applyPolicy(
        'name: no-addresses\nmode: enforce\nscope: { tags: [places] }\ndetectors: [{ detector: pii, types: [EMAIL] }]\naction: redact\n',
      )
      await control.setMode('enforce')
      const tagged = new OpenAI({
        baseURL: `${stack.urls.ingress}/v1`,
        apiKey: 'sk-client',
        fetch: wire.fetch,
        maxRetries: 0,
        defaultHeaders: { 'x-airs-tags': 'places' },
      })
      const address = 'ann@example.com'
      const image = await tagged.images.generate({ model: 'gpt-image-1', prompt: `A card for ${address}` })
      assert.equal(image.data?.[0]?.revised_prompt, 'A card for [EMAIL_1]')
      const [asked, responded] = await recorded()
      assert.equal(asked!.data.request.format, 'openai.images')
      assert.ok(!openai.seen.at(-1)!.body.includes(address))
      assert.match(JSON.stringify(responded!.data.decision.scanned.skipped), /image: binary data/)

      const sound = await tagged.audio.speech.create({
        model: 'tts-1',
        voice: 'alloy',
        input: 'x'.repeat(600),
      })
      assert.equal((await sound.arrayBuffer()).byteLength, 60_004)
      const [, spoken] = await recorded()
      // Sound cannot be masked: of what no policy has judged only the length and a keyed digest are recorded.
      const { bytes, original } = spoken!.data.body
      assert.deepEqual([bytes, original?.bytes, original?.recorded], [0, 60_004, 'nothing'])
      const heard = await tagged.audio.transcriptions.create({
        model: 'whisper-1',
        file: new File([Buffer.from('494433040000000001ff', 'hex')], 'a.mp3', { type: 'audio/mpeg' }),
        prompt: `Say ${address}`,
      })
      assert.equal(heard.text, 'Say [EMAIL_1]')
      const [form] = await recorded()
      assert.match(JSON.stringify(form!.data.decision.scanned.skipped), /form:\d:file.*audio: binary data/)
      await tagged.moderations.create({ model: 'm', input: [`Is ${address} rude?`] })
      assert.ok(openai.seen.at(-1)!.body.includes('Is [EMAIL_1] rude?'))
      const line = (content: string) =>
        JSON.stringify({
          ...{ custom_id: '1', method: 'POST', url: '/v1/chat/completions' },
          body: { model: 'm', messages: [{ role: 'user', content }] },
        })
      const file = await tagged.files.create({
        purpose: 'batch',
        file: new File([`${line('hi')}\n${line(address)}\n`], 'b.jsonl'),
      })
      assert.ok(openai.seen.at(-1)!.body.includes(`${line('hi')}\n${line('[EMAIL_1]')}\n`))
      assert.match(await (await tagged.files.content(file.id)).text(), /"A result\."/)
      const job = await tagged.batches.create({
        ...{ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' },
      })
      assert.equal(job.object, 'batch')

      const params = {
        model: 'claude-sonnet-4-5',
        max_tokens: 9,
        messages: [{ role: 'user', content: address }],
      }
      const batches = await through('/v1/messages/batches', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-airs-tags': 'places', ...toAnthropic },
        body: JSON.stringify({ requests: [{ custom_id: '1', params }] }),
      })
      const batch = (await batches.json()) as { type: string; results_url: string }
      assert.equal(batch.type, 'message_batch')
      assert.equal(batch.results_url, '/v1/messages/batches/msgbatch_mock/results')
      assert.ok(anthropic.seen.at(-1)!.body.includes('"content":"[EMAIL_1]"'))
      const results = await through('/v1/messages/batches/msgbatch_mock/results', {
        headers: { 'x-airs-tags': 'places', ...toAnthropic },
      })
      assert.match(await results.text(), /A result/)
      const [, said] = await recorded()
      assert.equal(said!.data.decision.scanned.skipped.length, 0)
      await through('/v1/files', { headers: toAnthropic })
      const [listed] = await recorded()
      assert.deepEqual([listed!.data.request.format, listed!.data.provider], ['anthropic.files', 'anthropic'])
      await control.json('DELETE', '/v1/policies/no-addresses')
      await control.setMode('observe')
      await control.inForce()
    })

    test('Gemini’s own format is spoken with Gemini’s own provider, plain and streamed', async () => {
      await control.applyPolicy(
        'name: no-addresses\nmode: enforce\nscope: { tags: [gemini] }\ndetectors: [{ detector: pii, types: [EMAIL] }]\naction: redact\n',
      )
      await control.setMode('enforce')
      const ask = async (method: string, text: string, extra: object = {}) =>
        wire.fetch(`${stack.urls.ingress}/v1beta/models/gemini-2.5-flash:${method}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-goog-api-key': 'AIza-client',
            'x-airs-tags': 'gemini',
          },
          body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text }] }], ...extra }),
        })
      const plain = (await (await ask('generateContent', 'to ann@example.com')).json()) as {
        candidates: { content: { parts: { text: string }[] } }[]
      }
      assert.equal(plain.candidates[0]?.content.parts[0]?.text, 'to [EMAIL_1]')
      const seen = openai.seen.at(-1)!
      assert.deepEqual(
        [seen.path, seen.headers['x-goog-api-key'], seen.headers.authorization],
        ['/v1beta/models/gemini-2.5-flash:generateContent', 'AIza-client', undefined],
      )
      const [asked, responded] = await recorded()
      assert.deepEqual(
        [
          asked!.data.request.format,
          asked!.data.request.model,
          asked!.data.provider,
          responded!.data.finishReasons,
        ],
        ['gemini.generate-content', 'gemini-2.5-flash', 'gemini', ['STOP']],
      )
      assert.ok(responded!.data.usage.outputTokens > 0)
      const stream = await ask('streamGenerateContent?alt=sse', 'mock:text="write to bob@example.com now"')
      const said = (await stream.text())
        .split('\r\n\r\n')
        .filter(Boolean)
        .map((frame) => JSON.parse(frame.slice('data: '.length)).candidates[0].content.parts[0]?.text ?? '')
      assert.equal(said.join(''), 'write to [EMAIL_1] now')
      assert.ok(said.length > 2)
      const blocked = await ask('countTokens', 'hello')
      assert.deepEqual(Object.keys((await blocked.json()) as object), ['totalTokens'])
      const embedded = await wire.fetch(`${stack.urls.ingress}/v1beta/models/e:embedContent`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-goog-api-key': 'AIza-client',
          'x-airs-tags': 'gemini',
        },
        body: '{"content":{"parts":[{"text":"ann@example.com"}]}}',
      })
      assert.equal(embedded.status, 200)
      assert.match(openai.seen.at(-1)!.body, /\[EMAIL_1\]/)
      const bad = await ask('generateContent', 'x', { contents: undefined })
      assert.equal(((await bad.json()) as { error: { status: string } }).error.status, 'INVALID_ARGUMENT')
      await control.json('DELETE', '/v1/policies/no-addresses')
      await control.setMode('observe')
      await control.inForce()
    })

    test('judges forms and files by their texts, and names what it does not read', async () => {
      await control.applyPolicy(
        'name: no-addresses\nmode: enforce\ndirection: [request]\nscope: { tags: [lane] }\ndetectors: [{ detector: pii, types: [EMAIL] }]\naction: redact\n',
      )
      await control.applyPolicy(
        `name: no-images\nmode: enforce\ndirection: [request]\nscope: { tags: [lane] }\nwhen: '"image" in request.unscanned && request.coverage == "bytes only"'\naction: block\n`,
      )
      await control.setMode('enforce')
      const send = async (file: File) => {
        const form = new FormData()
        form.set('purpose', 'batch')
        form.set('file', file)
        const request = new Request('http://x', { method: 'POST', body: form })
        return through('/v1/novel_files', {
          method: 'POST',
          headers: { 'content-type': request.headers.get('content-type')!, 'x-airs-tags': 'lane' },
          body: Buffer.from(await request.arrayBuffer()),
        })
      }
      const line = (content: string) =>
        JSON.stringify({ custom_id: '1', url: '/v1/chat/completions', body: { messages: [{ content }] } })
      await send(new File([`${line('hi')}\n${line('to ann@example.com')}\n`], 'batch.jsonl'))
      assert.ok(openai.seen.at(-1)!.body.includes(`${line('hi')}\n${line('to [EMAIL_1]')}\n`))
      const [asked] = await recorded()
      assert.deepEqual(asked!.data.forwarded.changes, ['redacted'])
      assert.equal(asked!.data.decision.findings[0].path, 'form:1:file/line:2/body/messages/0/content')

      const before = openai.seen.length
      const bad = await send(new File([`${line('hi')}\n{"custom_id":\n`], 'batch.jsonl'))
      const { error } = (await bad.json()) as { error: { code: string; message: string } }
      assert.deepEqual([bad.status, error.code], [400, 'invalid_file'])
      assert.match(error.message, /^Line 2 /)
      assert.equal(
        (await control.events(wire.calls.at(-1)!.exchange, 1))[0]!.type,
        eventTypes.requestRejected,
      )
      const image = await send(
        new File([Buffer.from('89504e470d0a1a0a00', 'hex')], 'a.png', { type: 'image/png' }),
      )
      assert.equal(image.status, 403)
      const noBoundary = await through('/v1/novel_files', {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data', ...toAnthropic },
        body: 'x',
      })
      assert.deepEqual(
        [
          noBoundary.status,
          ((await noBoundary.json()) as { type: string; error: { code: string } }).error.code,
        ],
        [400, 'invalid_form'],
      )
      const bomb = await through('/v1/novel_files', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        body: gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20)),
      })
      assert.equal(bomb.status, 413)
      assert.equal(
        (await control.events(wire.calls.at(-1)!.exchange, 1))[0]!.type,
        eventTypes.requestRejected,
      )
      assert.equal(openai.seen.length, before)
      for (const name of ['no-addresses', 'no-images']) await control.json('DELETE', `/v1/policies/${name}`)
      await control.setMode('observe')
      await control.inForce()
    })
  })

  test('an app written for OpenAI talks with Anthropic, plain and streamed', async () => {
    const plain = await ask('claude-sonnet-4-5', 'mock:text="Bonjour"')
    assert.equal(plain.choices[0]?.message.content, 'Bonjour')
    assert.equal(plain.object, 'chat.completion')
    const upstream = anthropic.seen.at(-1)!
    assert.deepEqual([upstream.path, upstream.headers['x-api-key']], ['/v1/messages', 'sk-client'])
    const [request, outcome] = await recorded()
    assert.deepEqual(request?.data.forwarded.changes, ['translated'])
    assert.equal(bodyBytes(request?.data.forwarded.body).toString('utf8'), upstream.body)
    assert.deepEqual(outcome?.data.delivered.changes, ['translated'])
    assert.equal(
      bodyBytes(outcome?.data.delivered.body).toString('utf8'),
      (await wire.calls.at(-1)!.received).toString('utf8'),
    )
    assert.ok(outcome?.data.usage.outputTokens > 0)

    const stream = await ask('claude-sonnet-4-5', 'mock:chunks=7 text="en sept morceaux"', { stream: true })
    let text = ''
    for await (const chunk of stream as unknown as AsyncIterable<OpenAI.ChatCompletionChunk>)
      text += chunk.choices[0]?.delta.content ?? ''
    assert.equal(text, 'en sept morceaux')
    const [, streamed] = await recorded()
    assert.equal(
      bodyBytes(streamed?.data.delivered.body).toString('utf8'),
      (await wire.calls.at(-1)!.received).toString('utf8'),
    )
    assert.match(bodyBytes(streamed?.data.body).toString('utf8'), /message_stop/)
  })

  test('an Anthropic client talks with OpenAI', async () => {
    const response = await wire.fetch(`${stack.urls.ingress}/v1/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-api-key': 'sk-client',
        'anthropic-version': '2023-06-01',
        'x-airs-provider': 'openai',
      },
      body: JSON.stringify({
        model: 'gpt-4o',
        max_tokens: 50,
        messages: [{ role: 'user', content: 'hello' }],
      }),
    })
    const reply = (await response.json()) as { type: string; content: { text: string }[] }
    assert.deepEqual([reply.type, reply.content[0]?.text], ['message', 'hello'])
    assert.equal(openai.seen.at(-1)!.headers.authorization, 'Bearer sk-client')
  })

  test('a field that cannot be translated is refused with status 400, which names it', async () => {
    await assert.rejects(ask('claude-sonnet-4-5', 'x', { n: 2 }), (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError)
      assert.equal(error.param, 'n')
      return true
    })
  })

  test('a route gives a model another name, and leaves every other byte', async () => {
    await ask('fast', 'hello')
    assert.equal(openai.seen.at(-1)!.body, wire.calls.at(-1)!.sent!.replace('"fast"', '"gpt-4o-mini"'))
  })

  test('a provider that is down or busy is retried, then the next one is asked, and each attempt is recorded', async () => {
    const reply = await ask('with-fallback', 'hello')
    assert.equal(reply.model, 'gpt-4o')
    const [, outcome] = await recorded()
    assert.deepEqual(
      outcome?.data.attempts.map(({ provider, status, error }: Record<string, unknown>) => [
        provider,
        status ?? error,
      ]),
      [
        ['gone', 'upstream_unreachable'],
        ['gone', 'upstream_unreachable'],
        ['busy', 503],
        ['busy', 503],
        ['openai', 200],
      ],
    )
  })

  test('after a failure the next one is asked that can take the request, without a credential that is meant for another', async () => {
    const reply = await ask('failing', 'hello', { n: 2 })
    assert.equal(reply.model, 'gpt-4o')
    const [, outcome] = await recorded()
    assert.deepEqual(
      outcome?.data.attempts.map(({ provider, status, error }: Record<string, unknown>) => [
        provider,
        status ?? error,
      ]),
      [
        ['failing', 500],
        ['anthropic', 'unsupported_by_provider'],
        ['openai', 200],
      ],
    )
    assert.equal(failing.seen.at(-1)!.headers.authorization, 'Bearer sk-client')
    assert.equal(openai.seen.at(-1)!.headers.authorization, undefined)
  })

  test('a stream is a stream under any label, and one that just ends is recorded as incomplete', async () => {
    const stream = async (model: string) => {
      const messages = [{ role: 'user' as const, content: 'x' }]
      for await (const _ of await client.chat.completions.create({ model, messages, stream: true }));
      const [, outcome] = await recorded()
      return { outcome, said: String(await wire.calls.at(-1)!.received) }
    }
    const unlabelled = await stream('raw-unlabelled')
    assert.equal(unlabelled.said, rawStream)
    assert.deepEqual(
      [unlabelled.outcome?.type, unlabelled.outcome?.data.stream],
      [eventTypes.responseCompleted, true],
    )
    const half = await stream('raw-half')
    assert.equal(half.said, halfStream)
    assert.deepEqual(
      [half.outcome?.type, half.outcome?.data.error.code],
      [eventTypes.responseFailed, 'upstream_incomplete'],
    )
  })

  test('a connection that the provider has closed while it was idle is replaced, once, within the same exchange', async () => {
    // One right after the other: the ingress keeps no connection that was idle for some seconds.
    for (let count = 0; count < 3; count++) await ask('raw-idle', 'x')
    const attempts = await Promise.all(
      wire.calls.slice(-3).map(async ({ exchange }) => {
        const [, outcome] = await control.events(exchange, 2)
        return outcome?.data.attempts.map(({ status, error }: Record<string, unknown>) => status ?? error)
      }),
    )
    assert.ok(
      attempts.some((of) => isDeepStrictEqual(of, ['upstream_cut', 200])),
      JSON.stringify(attempts),
    )
    const withEffect = () => client.responses.create({ model: 'raw-idle', input: 'x' })
    await assert.rejects(async () => {
      for (let count = 0; count < 3; count++) await withEffect()
    }, OpenAI.InternalServerError)
  })

  test('a call that may have an effect is not repeated elsewhere', async () => {
    await assert.rejects(
      client.responses.create({ model: 'failing', input: 'x' }),
      OpenAI.InternalServerError,
    )
    const [, outcome] = await recorded()
    assert.equal(outcome?.data.attempts.length, 1)
  })

  test('a field that means nothing to a provider is left out, and the client learns of it', async () => {
    await ask('claude-sonnet-4-5', 'hello', { prompt_cache_key: 'k' })
    assert.equal(anthropic.seen.at(-1)!.body.includes('prompt_cache_key'), false)
    const [request] = await recorded()
    assert.deepEqual(request?.data.forwarded.ignored, ['prompt_cache_key'])
    const { response } = await client.chat.completions
      .create({
        model: 'claude-sonnet-4-5',
        prompt_cache_key: 'k',
        messages: [{ role: 'user', content: 'x' }],
      })
      .withResponse()
    assert.equal(response.headers.get('x-airs-ignored'), 'prompt_cache_key')
  })

  test('usage is reported or estimated, and has its price', async () => {
    await ask('gpt-4o', 'hello')
    const [, outcome] = await recorded()
    assert.equal(outcome?.data.usage.estimated, false)
    assert.ok(outcome?.data.cost.usdMicros > 0)
    const stream = await ask('gpt-4o', 'mock:text="a few words"', { stream: true })
    for await (const _ of stream as unknown as AsyncIterable<unknown>);
    const [, streamed] = await recorded()
    assert.equal(streamed?.data.usage.estimated, true)
  })

  test('a request cannot choose its upstream', async () => {
    const before = openai.seen.length
    const response = await wire.fetch(`${stack.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'x-airs-provider': 'http://evil.example',
      },
      body: '{"model":"m","messages":[]}',
    })
    assert.equal(response.status, 400)
    assert.equal(openai.seen.length, before)
  })

  test('a credential of the server is used for known client keys only, within their limits', async () => {
    type Created = { keyId: string; key: string }
    const clientWith = (apiKey: string) =>
      new OpenAI({ baseURL: `${stack.urls.ingress}/v1`, apiKey, fetch: wire.fetch, maxRetries: 0 })
    const askWith = (apiKey: string, model = 'paid-model') =>
      clientWith(apiKey).chat.completions.create({ model, messages: [{ role: 'user', content: 'hello' }] })

    await askWith('anything')
    assert.equal(
      openai.seen.at(-1)!.headers.authorization,
      'Bearer sk-of-the-server',
      'open on loopback without keys',
    )

    const limits = { models: ['paid-*'], requestsPerMinute: 3 }
    const { keyId, key } = await control.json<Created>('POST', '/v1/keys', { name: 'app', ...limits })
    assert.match(key, /^airs-[\w-]{32}$/)
    await until('the key to reach the ingress', async () => {
      const error = await askWith('anything').catch((caught) => caught)
      return error instanceof OpenAI.AuthenticationError || undefined
    })
    await askWith(key)
    assert.equal(openai.seen.at(-1)!.headers.authorization, 'Bearer sk-of-the-server')
    const [request, outcome] = await recorded()
    assert.deepEqual([request?.data.key, outcome?.data.keyId], [{ id: keyId, name: 'app' }, keyId])
    await assert.rejects(askWith(key, 'fast'), OpenAI.BadRequestError)
    const listed = await clientWith(key).models.list()
    assert.ok(listed.data.length > 0 && listed.data.every(({ id }) => id.startsWith('paid-')))
    await askWith(key)
    await assert.rejects(askWith(key), OpenAI.RateLimitError)

    const refused = await askWith('sk-client').catch((error) => error)
    assert.match(refused.message, /--for-existing [0-9a-f-]{36}/)
    const { exchange } = wire.calls.at(-1)!
    await control.events(exchange, 1)
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['libs/cli/main.ts', 'keys', 'create', 'migrated app', '--for-existing', exchange],
      { env: { ...process.env, AIRS_URL: stack.urls.console!, AIRS_TOKEN: stack.token } },
    )
    assert.match(stdout, /migrated app: the existing credential is admitted/)
    await until('the old key to be admitted', async () => askWith('sk-client').catch(() => undefined))

    await control.json('DELETE', `/v1/keys/${keyId}`)
    await until('the key to be revoked', async () => {
      const error = await askWith(key).catch((caught) => caught)
      return error instanceof OpenAI.AuthenticationError || undefined
    })
    assert.ok(!JSON.stringify(await control.json('GET', '/v1/keys')).includes(key))
    const stored = await control.exportEvents()
    assert.ok(!stored.includes(key) && !stored.includes('sk-of-the-server'))
  })
})
