import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { ChatAnthropic } from '@langchain/anthropic'
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { collect } from './collect.ts'
import { imageBase64, weather, weatherText } from './material.ts'
import { wrongKey } from './published-api.ts'
import { blockedText, clientKey, world } from './world.ts'

const openai = (model: string, apiKey = clientKey) =>
  new ChatOpenAI({
    model,
    apiKey,
    maxRetries: 0,
    configuration: { baseURL: `${world.ingressUrl}/v1`, logLevel: 'off' },
  })
const anthropic = (model: string, apiKey = clientKey) =>
  new ChatAnthropic({
    model,
    apiKey,
    maxRetries: 0,
    maxTokens: 200,
    anthropicApiUrl: world.ingressUrl,
    clientOptions: { logLevel: 'off' },
  })

afterEach(() => world.calm())

for (const [name, of, model, shaky] of [
  ['ChatOpenAI and an OpenAI provider', openai, 'gpt-4o', 'shaky-gpt'],
  ['ChatOpenAI and an Anthropic provider', openai, 'claude-opus-4-6', 'shaky-claude'],
  ['ChatAnthropic and an Anthropic provider', anthropic, 'claude-opus-4-6', 'shaky-claude'],
  ['ChatAnthropic and an OpenAI provider', anthropic, 'gpt-4o', 'shaky-gpt'],
] as const)
  describe(`@langchain (npm): ${name}`, () => {
    const tools = [
      {
        type: 'function' as const,
        function: { name: 'weather', description: 'Tells the weather', parameters: weather.parameters },
      },
    ]

    test('invokes with system prompt and turns', async () => {
      const response = await of(model).invoke([
        new SystemMessage('You are terse.'),
        new HumanMessage('first'),
        new AIMessage('answer'),
        new HumanMessage('Grüße 👋'),
      ])
      assert.equal(response.text, 'Grüße 👋')
      assert.ok(response.usage_metadata!.output_tokens > 0)
    })

    test('streams', async () => {
      const chunks = await collect(await of(model).stream('mock:text="one two three"'))
      assert.equal(chunks.map(({ text }) => text).join(''), 'one two three')
      assert.ok(chunks.length > 3)
    })

    test('calls tools in parallel and has their results answered', async () => {
      const bound = of(model).bindTools(tools)
      const question = new HumanMessage(
        'mock:tool=weather args={"city":"Bern"} tool=weather args={"city":"Genf"}',
      )
      const called = await bound.invoke([question])
      assert.deepEqual(
        called.tool_calls?.map(({ args }) => args.city),
        ['Bern', 'Genf'],
      )
      const results = called.tool_calls!.map(
        ({ id, args }) => new ToolMessage({ tool_call_id: id!, content: `${args.city}: sunny` }),
      )
      const response = await bound.invoke([question, called, ...results])
      assert.match(response.text, /Bern: sunny[\s\S]*Genf: sunny/)
    })

    test('sends an image', async () => {
      const response = await of(model).invoke([
        new HumanMessage({
          content: [
            { type: 'text', text: 'what is it?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${imageBase64}` } },
          ],
        }),
      ])
      assert.equal(response.text, 'what is it?')
    })

    test('raises errors with their status', async () => {
      const fails = (client: { invoke(text: string): Promise<unknown> }, text: string, status: number) =>
        assert.rejects(client.invoke(text), (error) => {
          assert.equal((error as { status?: number }).status, status, String(error))
          return true
        })
      for (const status of [400, 404, 429, 500]) await fails(of(shaky), `mock:status=${status}`, status)
      await fails(of(model, wrongKey), 'x', 401)
      await fails(of(model), blockedText, 403)
    })
  })

describe('@langchain (npm) and what not every provider has', () => {
  test('structured output', async () => {
    const schema = {
      title: 'weather',
      type: 'object',
      properties: { city: { type: 'string' }, degrees: { type: 'number' } },
      required: ['city', 'degrees'],
      additionalProperties: false,
    }
    for (const model of ['gpt-4o', 'claude-opus-4-6']) {
      const structured = openai(model).withStructuredOutput(schema, { method: 'jsonSchema' })
      assert.deepEqual(
        await structured.invoke(`mock:text=${JSON.stringify(weatherText)}`),
        JSON.parse(weatherText),
      )
    }
  })

  test('embeddings', async () => {
    const embeddings = new OpenAIEmbeddings({
      model: 'text-embedding-3-small',
      apiKey: clientKey,
      maxRetries: 0,
      configuration: { baseURL: `${world.ingressUrl}/v1` },
    })
    assert.deepEqual(
      (await embeddings.embedDocuments(['a', 'b'])).map(({ length }) => length),
      [1536, 1536],
    )
  })
})
