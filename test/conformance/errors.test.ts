import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { createRecordingFetch } from '../support/recording-fetch.ts'
import { collect } from './collect.ts'
import { wrongKey } from './published-api.ts'
import { blockedText, clientKey, limitsMs, world } from './world.ts'

type Options = { key?: string; timeoutMs?: number }
type Sdk = {
  name: string
  /** Raises what the client raises. */
  plain(model: string, content: string, options?: Options): Promise<unknown>
  streamed(model: string, content: string, options?: Options): Promise<unknown>
  errors: typeof OpenAI | typeof Anthropic
}

const wire = createRecordingFetch()

const openai: Sdk = {
  name: 'openai',
  errors: OpenAI,
  plain: (model, content, options) =>
    openaiClient(options).chat.completions.create({ model, messages: [{ role: 'user', content }] }),
  streamed: async (model, content, options) =>
    collect(
      await openaiClient(options).chat.completions.create({
        model,
        stream: true,
        messages: [{ role: 'user', content }],
      }),
    ),
}
const anthropic: Sdk = {
  name: '@anthropic-ai/sdk',
  errors: Anthropic,
  plain: (model, content, options) =>
    anthropicClient(options).messages.create({
      model,
      max_tokens: 99,
      messages: [{ role: 'user', content }],
    }),
  streamed: (model, content, options) =>
    anthropicClient(options)
      .messages.stream({ model, max_tokens: 99, messages: [{ role: 'user', content }] })
      .finalMessage(),
}

function openaiClient({ key = clientKey, timeoutMs = 60_000 }: Options = {}) {
  return new OpenAI({
    baseURL: `${world.ingressUrl}/v1`,
    apiKey: key,
    timeout: timeoutMs,
    fetch: wire.fetch,
    maxRetries: 0,
    logLevel: 'off',
  })
}

function anthropicClient({ key = clientKey, timeoutMs = 60_000 }: Options = {}) {
  return new Anthropic({
    baseURL: world.ingressUrl,
    apiKey: key,
    authToken: null,
    timeout: timeoutMs,
    fetch: wire.fetch,
    maxRetries: 0,
    logLevel: 'off',
  })
}

const sdks: [sdk: Sdk, route: string, model: string][] = [
  [openai, 'an OpenAI provider', 'shaky-gpt'],
  [openai, 'an Anthropic provider', 'shaky-claude'],
  [openai, 'a Gemini provider', 'shaky-gemini'],
  [anthropic, 'an Anthropic provider', 'shaky-claude'],
  [anthropic, 'an OpenAI provider', 'shaky-gpt'],
]

afterEach(() => world.calm())

for (const [sdk, route, model] of sdks) {
  const { errors } = sdk
  const typed = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    422: errors.UnprocessableEntityError,
    429: errors.RateLimitError,
    500: errors.InternalServerError,
    503: errors.InternalServerError,
    529: errors.InternalServerError,
  }
  const hasty = model.replace('shaky', 'hasty')
  const outcome = () => world.outcome(wire.calls.at(-1)!.exchange)

  describe(`errors of ${sdk.name} (npm) with ${route}`, () => {
    for (const way of ['plain', 'streamed'] as const)
      test(`each status is the error that it should be, ${way}`, async () => {
        for (const [status, type] of Object.entries(typed)) {
          await assert.rejects(sdk[way](model, `mock:status=${status}`), (error) => {
            assert.ok(error instanceof type, `${status}: ${error}`)
            assert.ok(error instanceof errors.APIError && error.message.length > 10)
            return true
          })
          if (Number(status) >= 500) await world.calm()
        }
        assert.equal((await outcome()).type, 'airs.response-failed.v1')
      })

    test('a wrong credential', async () => {
      await assert.rejects(sdk.plain(model, 'x', { key: wrongKey }), errors.AuthenticationError)
      await assert.rejects(sdk.streamed(model, 'x', { key: wrongKey }), errors.AuthenticationError)
      const { data } = await outcome()
      assert.equal(data.status, 401)
    })

    for (const way of ['plain', 'streamed'] as const)
      test(`a request that policy blocks, ${way}`, async () => {
        await assert.rejects(sdk[way](model, blockedText), (error) => {
          assert.ok(error instanceof errors.PermissionDeniedError)
          assert.match(error.message, /Mail addresses do not leave the house/)
          assert.match(JSON.stringify(error.error), /blocked_by_policy/)
          return true
        })
        assert.equal((await outcome()).type, 'airs.request-blocked.v1')
      })

    test('a client that waits no longer', async () => {
      await assert.rejects(
        sdk.plain(model, 'mock:latency=5000', { timeoutMs: 700 }),
        errors.APIConnectionTimeoutError,
      )
    })

    test('a provider that does not answer in time', async () => {
      await assert.rejects(sdk.plain(hasty, 'mock:hang=true'), (error) => {
        assert.ok(error instanceof errors.InternalServerError)
        assert.equal(error.status, 504)
        return true
      })
      const { type, data } = await outcome()
      assert.deepEqual([type, data.error.code], ['airs.response-failed.v1', 'upstream_timeout'])
      assert.ok(data.timing.durationMs >= limitsMs.firstByte - 100)
    })

    test('an answer that is cut', async () => {
      await assert.rejects(sdk.plain(model, 'mock:cut=1 text="never to be seen"'), (error) => {
        assert.ok(error instanceof errors.InternalServerError)
        assert.equal(error.status, 502)
        return true
      })
      assert.equal((await outcome()).data.error.code, 'upstream_cut')
    })

    test('a stream that is cut', async () => {
      await assert.rejects(sdk.streamed(model, 'mock:cut=2 text="one two three"'), (error) => {
        assert.ok(error instanceof errors.APIError, String(error))
        assert.match(error.message, /cut the connection/)
        return true
      })
      const { type, data } = await outcome()
      assert.deepEqual([type, data.error.code], ['airs.response-failed.v1', 'upstream_cut'])
    })
  })
}

describe('errors of a network', () => {
  test('an ingress that is not there', async () => {
    const gone = { maxRetries: 0, logLevel: 'off' as const, apiKey: 'sk-x' }
    await assert.rejects(
      new OpenAI({ ...gone, baseURL: 'http://127.0.0.1:1/v1' }).models.list(),
      OpenAI.APIConnectionError,
    )
    await assert.rejects(
      new Anthropic({ ...gone, baseURL: 'http://127.0.0.1:1' }).models.list(),
      Anthropic.APIConnectionError,
    )
  })
})
