import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { describe, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { createRecordingFetch } from '../support/recording-fetch.ts'
import { collect } from './collect.ts'
import { wrongKey } from './published-api.ts'
import { clientKey, localKey, world } from './world.ts'

const wire = createRecordingFetch()
const openai = new OpenAI({
  baseURL: `${world.ingressUrl}/v1`,
  apiKey: clientKey,
  fetch: wire.fetch,
  maxRetries: 0,
})
const anthropic = new Anthropic({
  baseURL: world.ingressUrl,
  apiKey: clientKey,
  authToken: null,
  fetch: wire.fetch,
  maxRetries: 0,
})
/** The default provider's, those of the provider that the server has a credential for, and what a route names. */
const names = ['gpt-4o', 'gpt-4o-mini', 'llama-3', 'house-model']

/** Without what `fetch` makes of a path. */
async function rawGet(path: string): Promise<{ status: number | undefined }> {
  const asked = get({ host: '127.0.0.1', port: new URL(world.ingressUrl).port, path, agent: false })
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  response.resume()
  return { status: response.statusCode }
}

describe('the list of models', () => {
  test('is that of all providers, in OpenAI’s shape', async () => {
    const models = await collect(openai.models.list())
    assert.deepEqual(
      models.map(({ id }) => id),
      names,
    )
    assert.ok(models.every(({ object, owned_by }) => object === 'model' && owned_by))
    assert.equal(world.openai.last().headers.authorization, `Bearer ${clientKey}`)
  })

  test('is in Anthropic’s shape for its clients', async () => {
    const models = await collect(anthropic.models.list())
    assert.deepEqual(
      models.map(({ id }) => id),
      names,
    )
    assert.ok(
      models.every(({ type, created_at }) => type === 'model' && !Number.isNaN(Date.parse(created_at))),
    )
  })

  test('asks no provider with the credential of another', async () => {
    // At its start the ingress asks each address, without a credential, whether it is an API.
    const [localBefore, anthropicBefore] = [world.local.seen.length, world.anthropic.seen.length]
    await openai.models.list()
    const seen = world.local.seen.slice(localBefore)
    assert.ok(seen.length > 0)
    for (const { headers } of seen) {
      assert.equal(headers.authorization, `Bearer ${localKey}`)
      assert.ok(!JSON.stringify(headers).includes(clientKey))
    }
    const asked = world.anthropic.seen
      .slice(anthropicBefore)
      .filter(({ path }) => path.startsWith('/v1/models'))
    assert.deepEqual(asked, [])
  })

  test('is recorded with what each provider said', async () => {
    await openai.models.list()
    const call = wire.calls.at(-1)!
    const { type, data } = await world.outcome(call.exchange)
    assert.equal(type, 'airs.response-completed.v1')
    assert.deepEqual(
      data.attempts.map(({ provider, status }: Record<string, unknown>) => [provider, status]),
      [
        ['openai', 200],
        ['local', 200],
      ],
    )
    assert.equal(data.delivered.body.text, (await call.received).toString('utf8'))
  })

  test('is refused where the default provider refuses the credential', async () => {
    await assert.rejects(openai.withOptions({ apiKey: wrongKey }).models.list(), OpenAI.AuthenticationError)
  })

  test('of another format is in the client’s, and so is one model of it', async () => {
    const named = { headers: { 'x-airs-provider': 'anthropic' } }
    const [model] = await collect(openai.models.list(named))
    assert.deepEqual(model, {
      id: 'claude-opus-4-6',
      object: 'model',
      created: Date.parse('2025-09-29T00:00:00Z') / 1000,
      owned_by: 'anthropic',
    })
    const [other] = await collect(anthropic.models.list({}, { headers: { 'x-airs-provider': 'local' } }))
    assert.deepEqual([other?.id, other?.type], ['llama-3', 'model'])
    await assert.rejects(openai.models.retrieve('claude-nothing'), OpenAI.NotFoundError)
    assert.equal(world.anthropic.last().path.split('?')[0], '/v1/models/claude-nothing')
  })

  test('leads nowhere else than to models', async () => {
    for (const path of ['/v1/models/../files', '/v1/models/%2e%2e/files', '/v1/models/a/..%2f..%2ffiles']) {
      const { status } = await rawGet(path)
      assert.equal(status, 404, path)
    }
  })

  test('is one provider’s own where the client names it', async () => {
    const options = { headers: { 'x-airs-provider': 'anthropic' } }
    const models = await collect(anthropic.models.list({}, options))
    assert.deepEqual(
      models.map(({ id, display_name }) => [id, display_name]),
      [['claude-opus-4-6', 'Claude Opus 4.6']],
    )
  })
})
