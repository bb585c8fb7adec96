import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventTypes } from '@airs-cp/events'
import { startLoneIngress } from '../support/lone-ingress.ts'
import { startNats } from '../support/start-nats.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const address = 'ann.smith@example.com'
const deep = `${'['.repeat(3_000)}1${']'.repeat(3_000)}`
const completion = `{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"${address}"}}]`
const { responseBlocked, responseCompleted, responseFailed } = eventTypes
const events = 'text/event-stream'
const json = 'application/json'

const responses: Record<string, { type: string; body: string | Buffer; status?: number }> = {
  'only-comment': { type: events, body: `: for ${address}\n\n` },
  'deep-plain': { type: json, body: `${completion},"x":${deep}}` },
  'deep-stream': {
    type: events,
    body: `data: {"choices":[{"index":0,"delta":{"content":"Hi","x":${deep}}}]}\n\ndata: [DONE]\n\n`,
  },
  marked: { type: json, body: `\uFEFF${completion}}` },
  'utf-16': { type: json, body: Buffer.from(`${completion}}`, 'utf16le') },
  'utf-16-marked': { type: json, body: Buffer.from(`\uFEFF${completion}}`, 'utf16le') },
  'utf-32': { type: json, body: utf32(`${completion}}`) },
  nothing: { type: json, body: '', status: 204 },
}

/** Python's `json.loads` takes bytes in any of Unicode's encodings, and so do the clients that use it. */
function utf32(text: string): Buffer {
  const bytes = Buffer.alloc(4 * text.length)
  for (let at = 0; at < text.length; at++) bytes.writeUInt32LE(text.charCodeAt(at), 4 * at)
  return bytes
}

test('a response that is odd costs nobody the outcome, and hides nothing', async (t) => {
  const directory = makeTemporaryDirectory()
  t.after(directory.remove)
  await using nats = await startNats()
  const upstream = createServer((request, response) => {
    request.resume()
    const asked = responses[String(request.headers['x-case'])]
    response.writeHead(asked?.status ?? 200, { 'content-type': asked?.type ?? json }).end(asked?.body ?? '{}')
  })
  await new Promise<void>((listening) => upstream.listen(0, '127.0.0.1', listening))
  t.after(() => upstream.close())
  const document =
    'name: p\nmode: enforce\nscope: { tags: [judged] }\ndetectors: [{ detector: pii }]\naction: redact\n'
  const {
    ingress,
    url,
    events: recorded,
  } = await startLoneIngress({
    dataDir: join(directory.path, 'data'),
    natsUrl: nats.url,
    upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`,
    policies: [{ name: 'p', document }],
  })
  const ask = async (name: string, tags: string) => {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-case': name, 'x-airs-tags': tags },
      body: JSON.stringify({
        model: 'm',
        stream: responses[name]!.type === events,
        messages: [{ role: 'user', content: 'Hi' }],
      }),
    })
    const body = Buffer.from(await response.arrayBuffer())
    const { status, headers } = response
    if (status === 204) assert.equal(headers.get('content-length'), null, 'no body has no length')
    return { status, body, exchange: headers.get('x-airs-exchange-id')! }
  }

  const ends = new Map<string, { what: string; type: string }>()
  try {
    await askAll()
  } finally {
    await ingress.close()
  }
  for (const { exchange, type } of recorded()) {
    const end = ends.get(exchange ?? '')
    if (!end || type === eventTypes.requestReceived || type === eventTypes.contentRecorded) continue
    assert.equal(type, end.type, end.what)
    ends.delete(exchange!)
  }
  assert.deepEqual([...ends.values()], [], 'each has an outcome')

  async function askAll(): Promise<void> {
    for (const name of Object.keys(responses)) {
      const { status, body, exchange } = await ask(name, 'unjudged')
      const { body: sent, status: answered = 200 } = responses[name]!
      assert.equal(status, answered, name)
      assert.deepEqual(body, Buffer.from(sent), `${name} passes as it is where no policy looks at it`)
      ends.set(exchange, { what: name, type: name === 'only-comment' ? responseFailed : responseCompleted })
    }
    const judged: [name: string, status: number, outcome: string][] = [
      ['only-comment', 200, responseFailed],
      ['deep-plain', 403, responseBlocked],
      ['deep-stream', 200, responseBlocked],
      ['marked', 200, responseCompleted],
      ['utf-16', 403, responseBlocked],
      ['utf-16-marked', 403, responseBlocked],
      ['utf-32', 403, responseBlocked],
    ]
    for (const [name, expected, type] of judged) {
      const { status, body, exchange } = await ask(name, 'judged')
      assert.equal(status, expected, `${name} under a policy`)
      assert.ok(!String(body).replaceAll('\0', '').includes(address), `${name} hides what a policy looks for`)
      ends.set(exchange, { what: `${name} under a policy`, type })
    }
  }
})
