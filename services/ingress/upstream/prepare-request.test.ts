import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formats } from '@airs-cp/providers'
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
  const facts = {
    model: 'gemini-2.5-pro',
    stream: true,
    includeUsage: false,
    ...format.pathFacts!(path, query),
  }
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
