import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { afterEach, describe, test } from 'node:test'
import type { RecordedEvent } from '../support/control.ts'
import { clientKey, world } from './world.ts'

const mebibyte = 1024 * 1024
const malformed = 'upstream_malformed'
const cut = 'upstream_cut'

type Reply = { status: number; text: string; bytes: number; exchange: string; isWhole: boolean }
type Client = 'openai' | 'anthropic'

/** Asks as a client of that format does, and reads the answer whatever it is. */
async function ask(client: Client, model: string, content: string, stream: boolean): Promise<Reply> {
  const { response, exchange } = await open(client, model, content, stream)
  const kept: Buffer[] = []
  let bytes = 0
  let isWhole = true
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes < mebibyte) kept.push(chunk)
    }
  } catch {
    isWhole = false
  }
  return {
    status: response.statusCode!,
    text: Buffer.concat(kept).toString('utf8'),
    bytes,
    exchange,
    isWhole,
  }
}

async function open(client: Client, model: string, content: string, stream: boolean) {
  const path = client === 'openai' ? '/v1/chat/completions' : '/v1/messages'
  const outgoing = httpRequest(`${world.ingressUrl}${path}`, {
    method: 'POST',
    agent: false,
    headers: { authorization: `Bearer ${clientKey}`, 'content-type': 'application/json' },
  })
  outgoing.end(JSON.stringify({ model, max_tokens: 100, stream, messages: [{ role: 'user', content }] }))
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return { response, outgoing, exchange: String(response.headers['x-airs-exchange-id']) }
}

function resultOf({ type, data }: RecordedEvent): string {
  return type === 'airs.response-completed.v1' ? 'completed' : (data.error?.code ?? type)
}

afterEach(() => world.calm())

/** What a client gets and what is recorded: status, or `cut` for a stream that ends in an error; and the outcome. */
type Expected = [status: number | 'error frame' | 'end', recorded: string]
const passed: Expected = [200, 'completed']
const reportedError: Expected = [200, 'upstream_error']
const unreadable: Expected = [502, malformed]
const cases: [what: string, content: string, stream: boolean, same: Expected, translated: Expected][] = [
  ['a web page', 'mock:fault=html', false, passed, unreadable],
  ['a web page instead of a stream', 'mock:fault=html', true, passed, unreadable],
  [
    'a web page under 502',
    'mock:fault=html status=502',
    false,
    [502, 'upstream_status'],
    [502, 'upstream_status'],
  ],
  ['an error under 200', 'mock:fault=error200', false, reportedError, unreadable],
  ['an error under 200 instead of a stream', 'mock:fault=error200', true, reportedError, unreadable],
  ['JSON that is none', 'mock:fault=malformed', false, passed, unreadable],
  ['a frame that is no JSON', 'mock:fault=malformed', true, ['end', 'completed'], ['error frame', malformed]],
  ['less than its Content-Length', 'mock:fault=badlength', false, [502, cut], [502, cut]],
  ['a second terminator', 'mock:fault=repeated-end', true, ['end', 'completed'], ['end', 'completed']],
  ['a stream without its terminator', 'mock:fault=no-end', true, ['end', 'completed'], ['end', 'completed']],
  ['a stream that is cut', 'mock:cut=1 text="a b c"', true, ['error frame', cut], ['error frame', cut]],
  [
    'a stream that falls silent',
    'mock:hang=1 text="a b c"',
    true,
    ['error frame', 'upstream_timeout'],
    ['error frame', 'upstream_timeout'],
  ],
]

for (const [client, same, other] of [
  ['openai', 'shaky-gpt', 'shaky-claude'],
  ['anthropic', 'shaky-claude', 'shaky-gpt'],
] as const)
  for (const [kind, model] of [
    ['the same format', same],
    ['another format', other],
  ] as const)
    describe(`a provider of ${kind} answers a client of ${client} with`, () => {
      for (const [what, content, stream, asItIs, translated] of cases) {
        const [status, recorded] = model === same ? asItIs : translated
        test(what, async () => {
          const asked = content.includes('hang=') ? model.replace('shaky', 'hasty') : model
          const reply = await ask(client, asked, content, stream)
          assert.equal(reply.isWhole, true)
          assert.equal(reply.status, typeof status === 'number' ? status : 200, reply.text)
          if (status === 'error frame') assert.match(reply.text, /"error":\s*\{/)
          const outcome = await world.outcome(reply.exchange)
          assert.equal(resultOf(outcome), recorded)
          assert.equal(outcome.data.status, reply.status)
        })
      }
    })

describe('a provider that breaks HTTP', () => {
  const broken: [what: string, model: string, stream: boolean, same: Expected, translated: Expected][] = [
    ['sends more than its Content-Length', 'overlong', false, passed, unreadable],
    ['speaks no HTTP', 'babble', false, [502, malformed], [502, malformed]],
    ['resets the connection', 'reset', false, [502, cut], [502, cut]],
    ['sends headers without end', 'headers', false, [502, malformed], [502, malformed]],
  ]
  for (const [prefix, client] of [
    ['broken-', 'openai'],
    ['broken-messages-', 'openai'],
  ] as const)
    for (const [what, name, stream, same, translated] of broken) {
      const isTranslated = prefix !== 'broken-'
      test(`${what}${isTranslated ? ', translated' : ''}`, async () => {
        const [status, recorded] = isTranslated ? translated : same
        const reply = await ask(client, `${prefix}${name}`, 'x', stream)
        assert.equal(reply.status, status, reply.text)
        assert.equal(resultOf(await world.outcome(reply.exchange)), recorded)
      })
    }
})

describe('memory of the ingress', () => {
  const size = 40 * mebibyte

  for (const stream of [false, true])
    test(`an answer of 40 MB goes through in pieces, ${stream ? 'streamed' : 'plain'}`, async () => {
      let reply: Reply | undefined
      const growth = await world.heldGrowthBytes(async () => {
        reply = await ask('openai', 'shaky-gpt', `mock:size=${size}`, stream)
      })
      assert.equal(reply!.status, 200)
      assert.ok(reply!.isWhole && reply!.bytes > size)
      const outcome = await world.outcome(reply!.exchange)
      assert.equal(resultOf(outcome), 'completed')
      assert.equal(outcome.data.body.bytes, reply!.bytes)
      assert.ok(growth < 32 * mebibyte, `grew by ${Math.round(growth / mebibyte)} MiB`)
    })

  test('an answer of 40 MB that would have to be translated whole is refused', async () => {
    const reply = await ask('openai', 'shaky-claude', `mock:size=${size}`, false)
    assert.equal(reply.status, 502)
    assert.equal(resultOf(await world.outcome(reply.exchange)), 'upstream_too_large')
  })

  test('an answer of 40 MB is translated as it streams', async () => {
    const reply = await ask('openai', 'shaky-claude', `mock:size=${size}`, true)
    assert.ok(reply.status === 200 && reply.bytes > size)
    assert.equal(resultOf(await world.outcome(reply.exchange)), 'completed')
  })

  for (const [what, model, recorded] of [
    ['a stream that goes on after its terminator', 'broken-babbling', malformed],
    ['a frame that never ends', 'broken-frame', 'upstream_too_large'],
  ] as const)
    test(`${what} is broken off`, async () => {
      let reply: Reply | undefined
      const growth = await world.heldGrowthBytes(async () => {
        reply = await ask('openai', model, 'x', true)
      })
      if (model === 'broken-frame') assert.equal(reply!.isWhole, false)
      else assert.ok(/"error":\s*\{/.test(reply!.text))
      assert.equal(resultOf(await world.outcome(reply!.exchange)), recorded)
      assert.ok(growth < 16 * mebibyte, `grew by ${Math.round(growth / mebibyte)} MiB`)
    })

  test('an endless stream that its client leaves is left, too', async () => {
    const { response, outgoing, exchange } = await open(
      'openai',
      'shaky-gpt',
      'mock:pace=1 fault=endless',
      true,
    )
    await once(response, 'data')
    response.once('error', () => {})
    outgoing.destroy()
    assert.equal((await world.outcome(exchange)).type, 'airs.response-aborted.v1')
  })

  for (const [what, model] of [
    ['passed on', 'hasty-gpt'],
    ['translated', 'hasty-claude'],
  ] as const)
    test(`endless streams with clients that do not read are held up, and end with their time, ${what}`, async () => {
      const clients = 30
      const exchanges: string[] = []
      const growth = await world.heldGrowthBytes(async () => {
        const opened = await Promise.all(
          Array.from({ length: clients }, () =>
            open('openai', model, `mock:fault=endless text="${'x'.repeat(4_000)}"`, true),
          ),
        )
        for (const { response, exchange } of opened) {
          response.pause()
          response.once('error', () => {})
          exchanges.push(exchange)
        }
        for (const exchange of exchanges)
          assert.equal(resultOf(await world.outcome(exchange)), 'upstream_timeout')
        for (const { outgoing } of opened) outgoing.destroy()
      })
      for (const exchange of exchanges) {
        const { bytes } = (await world.outcome(exchange)).data.body
        assert.ok(bytes < 16 * mebibyte, `${bytes} bytes were taken`)
      }
      // Each is held with what the sockets on both sides of it take, and a recorded part; unbounded, it takes all that was sent.
      assert.ok(growth < clients * 4 * mebibyte, `grew by ${Math.round(growth / mebibyte)} MiB`)
    })
})
