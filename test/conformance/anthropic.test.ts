import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import { z } from 'zod'
import { createRecordingFetch } from '../support/recording-fetch.ts'
import { collect } from './collect.ts'
import { imageBase64, weather, weatherText } from './material.ts'
import { clientKey, world } from './world.ts'

const wire = createRecordingFetch()
const client = new Anthropic({
  baseURL: world.ingressUrl,
  apiKey: clientKey,
  authToken: null,
  fetch: wire.fetch,
  maxRetries: 0,
})
const tools: Anthropic.Tool[] = ['weather', 'time'].map((name) => ({
  name,
  description: `Tells the ${name}`,
  input_schema: weather.parameters,
}))
const textOf = ({ content }: Anthropic.Message) =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('')

for (const [route, model, provider] of [
  ['an Anthropic provider', 'claude-opus-4-6', world.anthropic],
  ['an OpenAI provider', 'gpt-4o', world.openai],
  ['a Gemini provider', 'gemini-3-flash', world.gemini],
] as const) {
  const ask = (content: string | Anthropic.ContentBlockParam[]) => ({
    model,
    max_tokens: 200,
    messages: [{ role: 'user' as const, content }],
  })
  const isTranslated = provider !== world.anthropic
  const isOpenai = provider === world.openai

  describe(`@anthropic-ai/sdk (npm) and ${route}`, () => {
    test('chats, and knows stop reason and usage', async () => {
      const reply = await client.messages.create(ask('Grüße 👋'))
      assert.deepEqual(
        [reply.type, reply.role, textOf(reply), reply.stop_reason],
        ['message', 'assistant', 'Grüße 👋', 'end_turn'],
      )
      assert.ok(reply.usage.input_tokens > 0 && reply.usage.output_tokens > 0)
    })

    test('streams word by word', async () => {
      const stream = client.messages.stream(ask('mock:pace=1 text="one two three"'))
      const pieces: string[] = []
      stream.on('text', (piece) => pieces.push(piece))
      const message = await stream.finalMessage()
      assert.deepEqual(pieces, ['one', ' two', ' three'])
      assert.equal(message.stop_reason, 'end_turn')
      assert.ok(message.usage.output_tokens > 0)
    })

    test('reads the raw events of a stream in their order', async () => {
      const events = await collect(await client.messages.create({ ...ask('mock:text="a b"'), stream: true }))
      assert.deepEqual(
        events.map(({ type }) => type).filter((type) => (type as string) !== 'ping'),
        [
          'message_start',
          'content_block_start',
          'content_block_delta',
          'content_block_delta',
          'content_block_stop',
          'message_delta',
          'message_stop',
        ],
      )
    })

    test('sends system prompts, several turns, a limit and stop sequences', async () => {
      const reply = await client.messages.create({
        model,
        max_tokens: 77,
        stop_sequences: ['END', 'STOP'],
        system: [{ type: 'text', text: 'You are terse.' }],
        messages: [
          { role: 'user', content: 'first' },
          { role: 'assistant', content: 'answer' },
          { role: 'user', content: [{ type: 'text', text: 'second' }] },
        ],
      })
      assert.equal(textOf(reply), 'second')
      const { json } = provider.last()
      if (!isOpenai) return
      assert.deepEqual(
        json.messages.map(({ role }: { role: string }) => role),
        ['system', 'user', 'assistant', 'user'],
      )
      assert.deepEqual([json.max_completion_tokens, json.stop], [77, ['END', 'STOP']])
    })

    for (const stream of [false, true])
      test(`calls tools in parallel and has their results answered, ${stream ? 'streamed' : 'plain'}`, async () => {
        const asked = { ...ask('mock:tool=weather args={"city": "Zürich", "days": 1.5} tool=time'), tools }
        const message = stream
          ? await client.messages.stream(asked).finalMessage()
          : await client.messages.create(asked)
        assert.equal(message.stop_reason, 'tool_use')
        const calls = message.content.flatMap((block) => (block.type === 'tool_use' ? block : []))
        assert.deepEqual(
          calls.map(({ name, input }) => [name, input]),
          [
            ['weather', { city: 'Zürich', days: 1.5 }],
            ['time', {}],
          ],
        )
        const next = await client.messages.create({
          ...asked,
          messages: [
            ...asked.messages,
            { role: 'assistant', content: message.content },
            {
              role: 'user',
              content: calls.map(({ id, name }) => ({
                type: 'tool_result' as const,
                tool_use_id: id,
                content: `${name} is fine`,
              })),
            },
          ],
        })
        assert.match(textOf(next), /weather is fine\s+time is fine/)
      })

    test('sends images by address and in base64', async () => {
      const reply = await client.messages.create(
        ask([
          { type: 'text', text: 'what is it?' },
          { type: 'image', source: { type: 'url', url: 'https://example.com/cat.png' } },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: imageBase64 } },
        ]),
      )
      assert.equal(textOf(reply), 'what is it?')
      if (!isOpenai) return
      assert.deepEqual(
        provider
          .last()
          .json.messages[0].content.slice(1)
          .map(({ image_url }: { image_url: { url: string } }) => image_url.url),
        ['https://example.com/cat.png', `data:image/png;base64,${imageBase64}`],
      )
    })

    test('gets structured output', async () => {
      const format = zodOutputFormat(z.object({ city: z.string(), degrees: z.number() }))
      const message = await client.messages.parse({
        ...ask(`mock:text=${JSON.stringify(weatherText)}`),
        output_config: { format },
      })
      assert.deepEqual(message.parsed_output, JSON.parse(weatherText))
    })

    test('what it got is what was recorded', async () => {
      const call = wire.calls.at(-1)!
      const outcome = await world.outcome(call.exchange)
      assert.equal(outcome.type, 'airs.response-completed.v1')
      const delivered = isTranslated ? outcome.data.delivered.body : outcome.data.body
      assert.equal(delivered.text, (await call.received).toString('utf8'))
    })
  })
}

describe('@anthropic-ai/sdk (npm) and what only Anthropic has', () => {
  test('counts tokens', async () => {
    const counted = await client.messages.countTokens({
      model: 'claude-opus-4-6',
      messages: [{ role: 'user', content: '12345678' }],
    })
    assert.equal(counted.input_tokens, 2)
  })

  test('has them estimated where the provider does not count', async () => {
    const { data, response } = await client.messages
      .countTokens({ model: 'gpt-4o', messages: [{ role: 'user', content: 'How warm is it?' }] })
      .withResponse()
    assert.ok(data.input_tokens > 0)
    assert.equal(response.headers.get('x-airs-estimated'), 'true')
  })

  test('sends beta headers to its own provider and not to another', async () => {
    const ask = (model: string) =>
      client.messages.create(
        { model, max_tokens: 10, messages: [{ role: 'user', content: 'x' }] },
        { headers: { 'anthropic-beta': 'context-1m-2025-08-07' } },
      )
    await ask('claude-opus-4-6')
    assert.equal(world.anthropic.last().headers['anthropic-beta'], 'context-1m-2025-08-07')
    await ask('gpt-4o')
    const { headers } = world.openai.last()
    assert.deepEqual(
      [headers['anthropic-beta'], headers['anthropic-version'], headers['x-api-key']],
      [undefined, undefined, undefined],
    )
  })
})
