import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import {
  APICallError,
  embedMany,
  generateObject,
  generateText,
  jsonSchema,
  type LanguageModel,
  stepCountIs,
  streamText,
  tool,
} from 'ai'
import { collect } from './collect.ts'
import { imageBase64, weather, weatherText } from './material.ts'
import { wrongKey } from './published-api.ts'
import { blockedText, clientKey, world } from './world.ts'

const openai = (apiKey = clientKey) => createOpenAI({ baseURL: `${world.ingressUrl}/v1`, apiKey })
const anthropic = (apiKey = clientKey) => createAnthropic({ baseURL: `${world.ingressUrl}/v1`, apiKey })

const models: [name: string, of: (apiKey?: string) => LanguageModel, shaky: LanguageModel][] = [
  ['openai.chat and an OpenAI provider', (key) => openai(key).chat('gpt-4o'), openai().chat('shaky-gpt')],
  [
    'openai.chat and an Anthropic provider',
    (key) => openai(key).chat('claude-opus-4-6'),
    openai().chat('shaky-claude'),
  ],
  ['openai.responses', (key) => openai(key).responses('gpt-4o'), openai().responses('shaky-gpt')],
  [
    'anthropic and an Anthropic provider',
    (key) => anthropic(key)('claude-opus-4-6'),
    anthropic()('shaky-claude'),
  ],
  ['anthropic and an OpenAI provider', (key) => anthropic(key)('gpt-4o'), anthropic()('shaky-gpt')],
]

afterEach(() => world.calm())

for (const [name, of, shaky] of models)
  describe(`ai (npm) with ${name}`, () => {
    const model = of()
    const once = { maxRetries: 0 }

    test('generates text', async () => {
      const { text, finishReason, usage } = await generateText({
        ...once,
        model,
        system: 'You are terse.',
        messages: [
          { role: 'user', content: 'first' },
          { role: 'assistant', content: 'answer' },
          { role: 'user', content: 'Grüße 👋' },
        ],
      })
      assert.deepEqual([text, finishReason], ['Grüße 👋', 'stop'])
      assert.ok(usage.outputTokens! > 0)
    })

    test('streams text', async () => {
      const stream = streamText({ ...once, model, prompt: 'mock:text="one two three"' })
      assert.deepEqual((await collect(stream.textStream)).join(''), 'one two three')
      assert.equal(await stream.finishReason, 'stop')
      assert.ok((await stream.usage).outputTokens! > 0)
    })

    for (const way of ['plain', 'streamed'])
      test(`calls tools and has their results answered, ${way}`, async () => {
        const cities: string[] = []
        const asked = {
          ...once,
          model,
          prompt: 'mock:tool=weather args={"city":"Bern"} tool=weather args={"city":"Genf"}',
          stopWhen: stepCountIs(3),
          tools: {
            weather: tool({
              description: 'Tells the weather',
              inputSchema: jsonSchema<{ city: string }>(weather.parameters),
              execute: async ({ city }) => {
                cities.push(city)
                return `${city}: sunny`
              },
            }),
          },
        }
        const text = way === 'plain' ? (await generateText(asked)).text : await streamText(asked).text
        assert.deepEqual(cities.sort(), ['Bern', 'Genf'])
        assert.match(text, /Bern: sunny[\s\S]*Genf: sunny/)
      })

    test('sends an image', async () => {
      const { text } = await generateText({
        ...once,
        model,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'what is it?' },
              { type: 'image', image: Buffer.from(imageBase64, 'base64'), mediaType: 'image/png' },
            ],
          },
        ],
      })
      assert.equal(text, 'what is it?')
    })

    test('raises errors with their status', async () => {
      for (const status of [400, 404, 429, 500])
        await assert.rejects(
          generateText({ ...once, model: shaky, prompt: `mock:status=${status}` }),
          (error) => {
            assert.ok(APICallError.isInstance(error), String(error))
            assert.equal(error.statusCode, status)
            assert.equal(error.isRetryable, status === 429 || status >= 500)
            return true
          },
        )
      const statusOf = (expected: number) => (error: unknown) =>
        APICallError.isInstance(error) && error.statusCode === expected
      await assert.rejects(generateText({ ...once, model: of(wrongKey), prompt: 'x' }), statusOf(401))
      await assert.rejects(generateText({ ...once, model, prompt: blockedText }), (error) => {
        assert.ok(statusOf(403)(error))
        assert.match(String(error), /Mail addresses do not leave the house/)
        return true
      })
    })
  })

describe('ai (npm) and what not every provider has', () => {
  for (const [name, model] of [
    ['an OpenAI provider', openai().chat('gpt-4o')],
    ['an Anthropic provider', openai().chat('claude-opus-4-6')],
  ] as const)
    test(`structured output from ${name}`, async () => {
      const { object } = await generateObject({
        model,
        maxRetries: 0,
        prompt: `mock:text=${JSON.stringify(weatherText)}`,
        schema: jsonSchema<{ city: string; degrees: number }>({
          type: 'object',
          properties: { city: { type: 'string' }, degrees: { type: 'number' } },
          required: ['city', 'degrees'],
          additionalProperties: false,
        }),
      })
      assert.deepEqual(object, JSON.parse(weatherText))
    })

  test('embeddings', async () => {
    const { embeddings } = await embedMany({
      model: openai().embedding('text-embedding-3-small'),
      values: ['a', 'b'],
      maxRetries: 0,
    })
    assert.deepEqual([embeddings.length, embeddings[0]?.length], [2, 1536])
  })
})
