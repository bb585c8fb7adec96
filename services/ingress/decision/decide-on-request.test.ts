import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientKey } from '@airs-cp/events'
import { compilePolicySet, createThrottle } from '@airs-cp/policy-engine'
import { formats, type JsonObject, readDocuments } from '@airs-cp/providers'
import type { Exchange, Target, Understood } from '../exchange.ts'
import { createRequestDecider } from './decide-on-request.ts'

const throttle = createThrottle(() => 0)
const decide = createRequestDecider({
  ...{ fingerprintKey: 'key', recordContent: 'redacted' },
  controls: { throttle },
})
const targets = [{ provider: { name: 'ollama' }, model: undefined }] as unknown as Target[]
const path = '/v1/chat/completions'
const exchange = {
  tenant: 'default',
  path,
  route: { path },
  query: '',
  tags: [],
  sources: [],
} as unknown as Exchange

/** Sends a body that names two models: one that is asked for here, and one that another reader may take. */
async function conflictOf({
  documents = [],
  limits = {},
  understood,
  body,
}: {
  documents?: string[]
  limits?: ClientKey['limits']
  understood: Understood
  body: Buffer
}) {
  const policies = documents.map((document, index) => ({ name: `p${index}`, version: 1, document }))
  const set = compilePolicySet({ version: 1, mode: 'enforce', policies })
  const key = { keyId: 'k', name: 'k', match: { sha256: 's' }, limits } as ClientKey
  const sent = { headers: {}, forwarded: {}, body }
  return (await decide(set, exchange, { ...understood, key }, targets, sent)).conflict
}

const facts = { model: 'cheap', stream: false, includeUsage: false }
const chat = (written: string) => ({
  understood: {
    ...{ format: formats['openai.chat'], facts, namedModel: 'cheap', written, documents: undefined },
    json: JSON.parse(written) as JsonObject,
  },
  body: Buffer.from(written),
})
const form = (fields: string[]) => {
  const parts = fields.map((it) => `--b\r\nContent-Disposition: form-data; name="model"\r\n\r\n${it}\r\n`)
  const body = Buffer.from(`${parts.join('')}--b--\r\n`)
  const documents = readDocuments(body, 'multipart/form-data; boundary=b')
  const format = formats['openai.audio']!
  return {
    understood: { format, facts, namedModel: 'cheap', json: undefined, written: undefined, documents },
    body,
  }
}
const twice = [
  chat('{"Model": "dear", "model": "cheap", "messages": []}'),
  chat('{"model": "dear", "model": "cheap", "messages": []}'),
  form(['dear', 'cheap']),
]
const once = [chat('{"model": "cheap", "messages": []}'), form(['cheap'])]

const forDear =
  'name: p\nmode: enforce\nscope: { models: [dear] }\ndetectors: [{ detector: pii }]\naction: block\n'

test('what a key may ask for, or pay, cannot be passed by with a second model in the body', async () => {
  for (const limits of [{ models: ['cheap'] }, { budgetUsdMicros: 5 }]) {
    for (const request of twice) assert.notEqual(await conflictOf({ ...request, limits }), undefined)
    for (const request of once) assert.equal(await conflictOf({ ...request, limits }), undefined)
  }
})

test('nor can a policy for a model', async () => {
  for (const request of twice)
    assert.notEqual(await conflictOf({ ...request, documents: [forDear] }), undefined)
  for (const request of once) assert.equal(await conflictOf({ ...request, documents: [forDear] }), undefined)
})

test('where nothing hangs on the model, a body passes as it is', async () => {
  const elsewhere = forDear.replace('models: [dear]', 'tags: [other]')
  for (const documents of [[], [elsewhere], [forDear.replace('enforce', 'observe')]])
    for (const request of [...twice, ...once])
      assert.equal(await conflictOf({ ...request, documents }), undefined)
})

test('a body that may be read in two ways counts against no limit', async () => {
  const limit =
    'name: p\nmode: enforce\ndirection: request\nthrottle: { requests: 9, perSeconds: 60 }\naction: throttle\n'
  for (const request of twice) assert.ok(await conflictOf({ ...request, documents: [limit] }))
  assert.deepEqual(throttle.passed(), [])
  for (const request of once) assert.equal(await conflictOf({ ...request, documents: [limit] }), undefined)
  assert.equal(throttle.passed()[0]?.[2], once.length)
})
