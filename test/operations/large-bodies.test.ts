import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { after, before, describe, test } from 'node:test'
import {
  type AnyEvent,
  bodyBytes,
  contentFinder,
  eventTypes,
  parseEvent,
  type RecordedContent,
} from '@airs-cp/events'
import { controlOf } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const kibibyte = 1024
const mebibyte = 1024 * 1024
const limitBytes = 32 * mebibyte

type Sent = { name: string; exchange: string; request: Buffer; response: Buffer }

describe('bodies of 1 KB to 32 MB', () => {
  let stack: Stack
  let control: ReturnType<typeof controlOf>
  let directory: TemporaryDirectory
  const sent: Sent[] = []
  let firstDay: string

  before(async () => {
    firstDay = new Date().toISOString().slice(0, 10)
    directory = makeTemporaryDirectory()
    const env = { ...process.env, AIRS_PROVIDER: 'mock', AIRS_MAX_BODY_BYTES: String(limitBytes) }
    stack = await startStack({ dataDir: directory.path, env })
    control = controlOf(stack)
  })
  after(async () => {
    await stack?.stop()
    directory?.remove()
  })

  async function send(name: string, body: Buffer): Promise<void> {
    const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    const received = Buffer.from(await response.arrayBuffer())
    assert.equal(response.status, 200, received.toString('utf8', 0, 500))
    const exchange = response.headers.get('x-airs-exchange-id')!
    sent.push({ name, exchange, request: body, response: received })
  }

  const textOf = (bytes: number) => 'Grüße, 世界 🌍 "quoted" '.repeat(Math.ceil(bytes / 32))
  const requests: [name: string, body: () => Buffer][] = [
    ['1 KB of text', () => chatOf(textOf(kibibyte))],
    ['a body just under the inline limit', () => padded(48 * kibibyte)],
    ['a body just over the inline limit', () => padded(48 * kibibyte + 1)],
    ['300 KB of control characters', () => chatOf('\u0001\u0000\n'.repeat(50_000))],
    ['bytes that are no UTF-8', () => withInvalidUtf8(200 * kibibyte)],
    [
      'an image of 3 MB',
      () => chatOf(`data:image/png;base64,${randomBytes(2.2 * mebibyte).toString('base64')}`),
    ],
    ['1,000 messages', () => conversation(1_000)],
    ['32 MB, the limit itself', () => padded(limitBytes)],
  ]
  for (const [name, body] of requests) test(`a request is answered: ${name}`, () => send(name, body()))

  for (const stream of [false, true])
    for (const bytes of [kibibyte, 49 * kibibyte, mebibyte, limitBytes])
      test(`an answer of ${bytes} bytes comes ${stream ? 'as a stream' : 'whole'}`, async () => {
        await send(
          `answer of ${bytes}, ${stream ? 'streamed' : 'plain'}`,
          chatOf(`mock:size=${bytes}`, { stream }),
        )
        assert.ok(sent.at(-1)!.response.length > bytes)
      })

  test('an export alone has every byte of them', async () => {
    await Promise.all(sent.map(({ exchange }) => outcomeOf(exchange)))
    const today = new Date().toISOString().slice(0, 10)
    const file = await control.exportEvents({ from: firstDay, to: today })
    const { find, byExchange } = readExport(file)
    for (const { name, exchange, request, response } of sent) {
      const [opening, outcome] = byExchange.get(exchange) ?? []
      assert.ok(opening && 'request' in opening.data && opening.data.request.body, name)
      assert.ok(bodyBytes(opening.data.request.body, find).equals(request), `request: ${name}`)
      assert.ok(outcome?.type === eventTypes.responseCompleted && outcome.data.body, name)
      assert.ok(bodyBytes(outcome.data.body, find).equals(response), `answer: ${name}`)
    }
  })

  test('a document that is sent again is not recorded again', async () => {
    const question = `${randomBytes(mebibyte).toString('hex')} mock:text=ok`
    const before = await contentEvents()
    await send('a document', chatOf(question))
    const once = await contentEvents()
    assert.ok(once > before)
    await send('the same document', chatOf(question, { temperature: 0.5 }))
    assert.equal(await contentEvents(), once)
  })

  test('a body over the limit is refused with status 413, which names it, however it is sent', async () => {
    const over = padded(limitBytes + 1)
    const ways: Record<string, string>[] = [
      { 'content-length': String(over.length) },
      { 'transfer-encoding': 'chunked' },
    ]
    // A connection that is closed too early loses the answer only now and then.
    for (const headers of [...ways, ...ways, ...ways, ...ways]) {
      const { status, body } = await post(`${stack.urls.ingress}/v1/chat/completions`, headers, over)
      assert.equal(status, 413)
      const { error } = JSON.parse(body) as { error: { code: string; message: string } }
      assert.equal(error.code, 'body_too_large')
      assert.match(error.message, /33554432 bytes \(AIRS_MAX_BODY_BYTES\)/)
    }
  })

  /** Events with large bodies are long to fetch; it is enough to know that they are there. */
  async function outcomeOf(exchange: string): Promise<void> {
    await control.events(exchange, 2)
  }

  async function contentEvents(): Promise<number> {
    const last = sent.at(-1)
    if (last) await outcomeOf(last.exchange)
    const file = (await control.exportEvents()).toString('latin1')
    return file.split(`"type":"${eventTypes.contentRecorded}"`).length - 1
  }
})

function chatOf(content: string, extra: object = {}): Buffer {
  return Buffer.from(JSON.stringify({ model: 'm', ...extra, messages: [{ role: 'user', content }] }))
}

/** A request of exactly that many bytes, most of them in one string. */
function padded(bytes: number): Buffer {
  const body = (pad: string) =>
    Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'pad' }], user: pad }))
  return body('x'.repeat(bytes - body('').length))
}

function conversation(messages: number): Buffer {
  const turns = Array.from({ length: messages }, (_, turn) => ({
    role: turn % 2 === 0 ? 'user' : 'assistant',
    content: `Turn ${turn}: ${'naïve text '.repeat(20)}`,
  }))
  return Buffer.from(JSON.stringify({ model: 'm', messages: [...turns, { role: 'user', content: 'end' }] }))
}

function withInvalidUtf8(bytes: number): Buffer {
  const body = padded(bytes)
  for (let at = bytes / 2; at < bytes - 100; at += 97) body[at] = 0xff
  return body
}

function readExport(file: Buffer) {
  const contents = new Map<string, RecordedContent>()
  const byExchange = new Map<string, AnyEvent[]>()
  for (const line of file.toString('utf8').trimEnd().split('\n')) {
    const event = parseEvent(line)
    if (event.type === eventTypes.contentRecorded) contents.set(event.data.sha256, event.data)
    else if (event.exchange)
      byExchange.set(event.exchange, [...(byExchange.get(event.exchange) ?? []), event])
  }
  return { byExchange, find: contentFinder((sha256) => contents.get(sha256)) }
}

/** Reads the response even while the request is still being sent, as a client must that has to stop. */
function post(
  url: string,
  headers: Record<string, string>,
  body: Buffer,
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(url, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    call.on('error', reject)
    call.end(body)
  })
}
