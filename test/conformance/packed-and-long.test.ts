import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { afterEach, describe, test } from 'node:test'
import { chatStream, completion, longResponse } from './start-broken-provider.ts'
import { clientKey, world } from './world.ts'

type Reply = { status: number; headers: Headers; text: string; exchange: string }

async function ask(path: string, body: object): Promise<Reply> {
  const response = await fetch(world.ingressUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${clientKey}` },
    body: JSON.stringify(body),
  })
  const { status, headers } = response
  return { status, headers, text: await response.text(), exchange: headers.get('x-airs-exchange-id')! }
}

const chat = (model: string, content = 'x', extra: object = {}) =>
  ask('/v1/chat/completions', { model, messages: [{ role: 'user', content }], ...extra })

afterEach(() => world.calm())

describe('an answer that is packed although it was asked for as it is', () => {
  for (const [what, model, expected] of [
    ['plain', 'broken-packed', completion('packed')],
    ['streamed', 'broken-packedstream', chatStream('packed')],
  ] as const)
    test(`is unpacked, ${what}`, async () => {
      const reply = await chat(model)
      assert.deepEqual([reply.status, reply.text], [200, expected])
      assert.equal(reply.headers.get('content-encoding'), null)
      const { data } = await world.outcome(reply.exchange)
      assert.equal(data.body.text, expected)
    })

  for (const model of ['broken-strange', 'broken-unpacked', 'broken-halfpacked'])
    test(`${model} is reported as malformed`, async () => {
      const reply = await chat(model)
      assert.equal(reply.status, 502)
      assert.match(reply.text, /Content-Encoding/)
      assert.equal((await world.outcome(reply.exchange)).data.error.code, 'upstream_malformed')
    })

  test('is unpacked no faster than it is taken', async () => {
    // The first one loads what counts its tokens.
    await takeSlowly('broken-bomb')
    let bytes = 0
    const growth = await world.heldGrowthBytes(async () => {
      bytes = await takeSlowly('broken-bomb')
    })
    assert.ok(bytes > 64 * 1024 * 1024)
    assert.ok(growth < 16 * 1024 * 1024, `grew by ${growth} bytes`)
  })

  async function takeSlowly(model: string): Promise<number> {
    const outgoing = httpRequest(`${world.ingressUrl}/v1/chat/completions`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${clientKey}` },
    })
    outgoing.end(JSON.stringify({ model, messages: [{ role: 'user', content: 'x' }] }))
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    let bytes = 0
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes < 8 * 1024 * 1024) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    return bytes
  }
})

describe('an error in the middle of a stream', () => {
  for (const provider of [undefined, 'broken-openai'])
    test(`is passed on and recorded${provider ? ', translated' : ''}`, async () => {
      const messages = [{ role: 'user', content: 'x' }]
      const reply = provider
        ? await ask('/v1/messages', { model: 'broken-brokeoff', stream: true, max_tokens: 9, messages })
        : await chat('broken-brokeoff', 'x', { stream: true })
      assert.equal(reply.text.match(/Overloaded/g)?.length, 1)
      assert.equal(reply.text.match(/"error":/g)?.length, 1)
      const { type, data } = await world.outcome(reply.exchange)
      assert.deepEqual([type, data.error.code], ['airs.response-failed.v1', 'upstream_error'])
    })
})

describe('usage of long answers', () => {
  test('is read from the last event of a stream, however long that is', async () => {
    const reply = await ask('/v1/responses', { model: 'broken-longframe', input: 'x', stream: true })
    assert.equal(reply.text, longResponse)
    const { type, data } = await world.outcome(reply.exchange)
    assert.equal(type, 'airs.response-completed.v1')
    assert.deepEqual(data.usage, { inputTokens: 5, outputTokens: 300_000, estimated: false })
    assert.deepEqual([data.model, data.finishReasons], ['gpt-5', ['completed']])
  })

  test('is read from a plain answer, however long that is', async () => {
    const reply = await chat('shaky-gpt', 'mock:size=200000')
    const { data } = await world.outcome(reply.exchange)
    const { usage } = JSON.parse(reply.text) as { usage: { completion_tokens: number } }
    assert.deepEqual([data.usage.outputTokens, data.usage.estimated], [usage.completion_tokens, false])
    assert.deepEqual(data.finishReasons, ['stop'])
  })

  test('is counted with a tokenizer where a stream does not report it', async () => {
    const reply = await chat('shaky-gpt', `mock:text="${'The answer goes on and on. '.repeat(500)}"`, {
      stream: true,
    })
    assert.ok(reply.text.length > 100_000)
    const { usage } = (await world.outcome(reply.exchange)).data
    assert.equal(usage.estimated, true)
    assert.ok(Math.abs(usage.outputTokens - 3_501) < 40, `${usage.outputTokens}`)
  })

  for (const [model, stream_options] of [
    ['shaky-gpt', undefined],
    ['shaky-gpt', { include_usage: true }],
    ['shaky-claude', undefined],
  ] as const)
    test(`is counted where the client leaves a stream of ${model}${stream_options ? ' with usage' : ''}`, async () => {
      const leaving = new AbortController()
      const response = await fetch(`${world.ingressUrl}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${clientKey}` },
        signal: leaving.signal,
        body: JSON.stringify({
          model,
          stream: true,
          stream_options,
          messages: [{ role: 'user', content: 'mock:pace=5 fault=endless text="one two three four"' }],
        }),
      })
      let read = 0
      for await (const chunk of response.body!) {
        read += chunk.length
        if (read > 10_000) break
      }
      leaving.abort()
      const { type, data } = await world.outcome(response.headers.get('x-airs-exchange-id')!)
      assert.equal(type, 'airs.response-aborted.v1')
      assert.equal(data.usage.estimated, true)
      assert.ok(data.usage.inputTokens > 5 && data.usage.outputTokens > 10, JSON.stringify(data.usage))
    })
})
