import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formats, readDocuments } from '@airs-cp/providers'
import type { Exchange, Target } from '../exchange.ts'
import { prepareRequest } from './prepare-request.ts'

const geminiAt = (name: string): Target => ({
  provider: {
    name,
    config: { kind: 'gemini', baseUrl: `https://${name}.example.com` },
  } as Target['provider'],
  model: undefined,
})

test("a fallback elsewhere gets no credential of the client's, wherever the client sent it", () => {
  const [first, elsewhere] = [geminiAt('first'), geminiAt('elsewhere')]
  const path = '/v1beta/models/gemini-2.5-pro:streamGenerateContent'
  const query = '?key=AIza-secret&alt=sse'
  const format = formats['gemini.generate-content']
  const exchange = { method: 'POST', path, route: { path }, query, hops: [] as string[] } as Exchange
  const json = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }
  const facts = { includeUsage: false, ...format.pathFacts!(path, query) }
  const prepare = (target: Target) =>
    prepareRequest({
      ...{ target, first, exchange, format, facts, instanceId: 'i', key: undefined, namedModel: undefined },
      ...{ redacted: undefined, documents: undefined, passedOn: { sessions: false, organizations: [] } },
      headers: { 'x-goog-api-key': 'AIza-secret' },
      body: Buffer.from(JSON.stringify(json)),
    })
  const credentials = ({ path, headers }: ReturnType<typeof prepare>) => [
    path.includes('AIza-secret'),
    JSON.stringify(headers).includes('AIza-secret'),
  ]
  assert.deepEqual(credentials(prepare(first)), [true, true])
  assert.deepEqual(credentials(prepare(elsewhere)), [false, false])
  assert.match(prepare(elsewhere).path, /\?alt=sse$/)
})

test('a form has the model that was decided on, as JSON has', () => {
  const path = '/v1/audio/transcriptions'
  const contentType = 'multipart/form-data; boundary=b'
  const field = (name: string, value: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const formOf = (model: string) =>
    `${field('prompt', 'in words')}${field('model', model)}${field('language', 'en')}--b--\r\n`
  const openai = { name: 'openai', config: { kind: 'openai', baseUrl: 'https://x.example.com/v1' } }
  const prepare = (as: string | undefined, decided: string, named: string) => {
    const target = { provider: openai as Target['provider'], model: as }
    const body = Buffer.from(formOf(named))
    return prepareRequest({
      ...{ target, first: target, format: formats['openai.audio']!, instanceId: 'i', key: undefined },
      ...{ redacted: undefined, passedOn: { sessions: false, organizations: [] }, namedModel: named, body },
      exchange: {
        method: 'POST',
        path,
        route: { path },
        query: '',
        hops: [] as string[],
      } as unknown as Exchange,
      facts: { model: decided, stream: false, includeUsage: false },
      documents: readDocuments(body, contentType),
      headers: { 'content-type': contentType },
    })
  }
  const same = prepare(undefined, 'whisper-1', 'whisper-1')
  assert.deepEqual([String(same.body), same.changes], [formOf('whisper-1'), []])
  // Of a route with another name for it, and of an Azure client whose path names the deployment.
  for (const renamed of [prepare('large', 'whisper-1', 'whisper-1'), prepare(undefined, 'large', 'dear')])
    assert.deepEqual([String(renamed.body), renamed.changes], [formOf('large'), ['renamed']])
})
