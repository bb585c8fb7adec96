import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { formats } from '@airs-cp/providers'
import type { Exchange } from '../exchange.ts'
import { Refusal } from './refusal.ts'
import { understandRequest } from './understand-request.ts'

test('a body that would not be forwarded is refused, and not dropped after it was judged', async () => {
  const understand = (method: string, path: string, body: string) => {
    const exchange = { method, path, route: { path }, query: '' } as Exchange
    const request = { headers: { 'content-type': 'application/json' } } as IncomingMessage
    const format = formats['generic.openai']
    return understandRequest({ request, exchange, format, body: Buffer.from(body) }, 1_000)
  }
  const isUnexpected = (error: unknown) => error instanceof Refusal && error.error.code === 'unexpected_body'
  await assert.rejects(understand('DELETE', '/v1/things', '{"filter":"x"}'), isUnexpected)
  await assert.rejects(understand('POST', '/v1/responses/r/cancel', '{"a":1}'), isUnexpected)
  for (const [method, body] of [
    ['DELETE', ''],
    ['DELETE', ' { } '],
    ['GET', '{"a":1}'],
    ['HEAD', '{}'],
    ['POST', '{"a":1}'],
    ['PATCH', '{"a":1}'],
  ] as const)
    await understand(method, '/v1/things', body)
})

test('a model whose name is no text of Unicode is refused: no path of a provider can have it', async () => {
  const chat = '/v1/chat/completions'
  const exchange = { method: 'POST', path: chat, route: { path: chat }, query: '' } as Exchange
  const request = { headers: {} } as IncomingMessage
  const body = Buffer.from('{"model": "m\\ud800", "messages": []}')
  const asked = { request, exchange, format: formats['openai.chat'], body }
  await assert.rejects(understandRequest(asked, 1_000), ({ error }) => {
    assert.deepEqual([error.status, error.code, error.param], [400, 'invalid_value', 'model'])
    return true
  })
})

test('a body in another encoding than JSON has is refused with words for it', async () => {
  const chat = '/v1/chat/completions'
  const exchange = { method: 'POST', path: chat, route: { path: chat }, query: '' } as Exchange
  const request = { headers: {} } as IncomingMessage
  const text = '{"model": "m", "messages": []}'
  for (const [body, problem] of [
    [Buffer.from(`\uFEFF${text}`), /byte order mark; send UTF-8 without one$/],
    [Buffer.from(`\uFEFF${text}`, 'utf16le'), /UTF-16.*; send UTF-8$/],
    [Buffer.from(text, 'utf16le'), /UTF-16.*; send UTF-8$/],
    [Buffer.from(text, 'utf16le').swap16(), /UTF-16.*; send UTF-8$/],
    [Buffer.from("{'model': 1}"), /Expected property name/],
  ] as const)
    await assert.rejects(
      understandRequest({ request, exchange, format: formats['openai.chat'], body }, 1_000),
      ({ error }) => {
        assert.deepEqual([error.status, error.code], [400, 'invalid_json'])
        assert.match(error.message, problem)
        return true
      },
    )
})
