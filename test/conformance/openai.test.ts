import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { z } from 'zod'
import { createRecordingFetch } from '../support/recording-fetch.ts'
import { collect } from './collect.ts'
import { imageBase64, weather, weatherText } from './material.ts'
import { clientKey, world } from './world.ts'

const wire = createRecordingFetch()
const client = new OpenAI({
  baseURL: `${world.ingressUrl}/v1`,
  apiKey: clientKey,
  fetch: wire.fetch,
  maxRetries: 0,
})
const tools: OpenAI.ChatCompletionTool[] = ['weather', 'time'].map((name) => ({
  type: 'function',
  function: { name, description: `Tells the ${name}`, parameters: weather.parameters },
}))

for (const [route, model, provider] of [
  ['an OpenAI provider', 'gpt-4o', world.openai],
  ['an Anthropic provider', 'claude-opus-4-6', world.anthropic],
  ['a Gemini provider', 'gemini-3-flash', world.gemini],
] as const) {
  const ask = (content: string | OpenAI.ChatCompletionContentPart[]) => ({
    model,
    messages: [{ role: 'user' as const, content }],
  })
  const isTranslated = provider !== world.openai

  describe(`openai (npm) and ${route}`, () => {
    test('chats, and knows finish reason and usage', async () => {
      const { choices, usage, object } = await client.chat.completions.create(ask('Grüße 👋'))
      assert.deepEqual(
        [object, choices[0]?.message.content, choices[0]?.finish_reason],
        ['chat.completion', 'Grüße 👋', 'stop'],
      )
      assert.equal(usage?.total_tokens, usage!.prompt_tokens + usage!.completion_tokens)
    })

    test('streams word by word, with usage at the end', async () => {
      const stream = await client.chat.completions.create({
        ...ask('mock:pace=1 text="one two three"'),
        stream: true,
        stream_options: { include_usage: true },
      })
      const chunks = await collect(stream)
      const pieces = chunks.flatMap(({ choices }) => choices[0]?.delta.content || [])
      assert.deepEqual(pieces, ['one', ' two', ' three'])
      assert.deepEqual(chunks.at(-1)?.choices, [])
      assert.ok(chunks.at(-1)!.usage!.completion_tokens > 0)
    })

    test('sends system prompts, several turns, sampling parameters and stop sequences', async () => {
      const { data: reply, response } = await client.chat.completions
        .create({
          model,
          temperature: 0.5,
          top_p: 0.9,
          max_completion_tokens: 77,
          stop: ['END', 'STOP'],
          messages: [
            { role: 'system', content: 'You are terse.' },
            { role: 'user', content: 'first' },
            { role: 'assistant', content: 'answer' },
            { role: 'user', content: 'second' },
          ],
        })
        .withResponse()
      assert.equal(reply.choices[0]?.message.content, 'second')
      const { json, path } = provider.last()
      if (provider === world.gemini) {
        assert.equal(path, '/v1beta/models/gemini-3-flash:generateContent')
        assert.deepEqual(json.systemInstruction, { parts: [{ text: 'You are terse.' }] })
        assert.deepEqual(
          json.contents.map(({ role }: { role: string }) => role),
          ['user', 'model', 'user'],
        )
        assert.deepEqual(json.generationConfig, {
          maxOutputTokens: 77,
          temperature: 0.5,
          topP: 0.9,
          stopSequences: ['END', 'STOP'],
        })
        return
      }
      if (!isTranslated) {
        assert.deepEqual(json.stop, ['END', 'STOP'])
        return
      }
      assert.match(JSON.stringify(json.system), /You are terse\./)
      assert.deepEqual(
        json.messages.map(({ role }: { role: string }) => role),
        ['user', 'assistant', 'user'],
      )
      assert.deepEqual([json.max_tokens, json.temperature, json.stop_sequences], [77, 0.5, ['END', 'STOP']])
      // This model refuses a request that sets both.
      assert.equal('top_p' in json, false)
      assert.equal(response.headers.get('x-airs-ignored'), 'top_p')
    })

    for (const stream of [false, true])
      test(`calls tools in parallel and has their results answered, ${stream ? 'streamed' : 'plain'}`, async () => {
        const asked = { ...ask('mock:tool=weather args={"city": "Zürich", "days": 1.0} tool=time'), tools }
        const first = stream
          ? await client.chat.completions.stream(asked).finalChatCompletion()
          : await client.chat.completions.create(asked)
        const { message, finish_reason } = first.choices[0]!
        const calls = (message.tool_calls ?? []).flatMap((call) => (call.type === 'function' ? call : []))
        assert.equal(finish_reason, 'tool_calls')
        assert.deepEqual(
          calls.map((call) => [call.function.name, call.function.arguments]),
          [
            ['weather', '{"city": "Zürich", "days": 1.0}'],
            ['time', '{}'],
          ],
        )
        const next = await client.chat.completions.create({
          ...asked,
          messages: [
            ...asked.messages,
            message,
            ...calls.map(({ id, function: { name } }) => ({
              role: 'tool' as const,
              tool_call_id: id,
              content: `${name} is fine`,
            })),
          ],
        })
        assert.equal(next.choices[0]?.message.content, 'weather is fine\ntime is fine')
      })

    test('runs tools by itself', async () => {
      const runner = client.chat.completions.runTools({
        ...ask('mock:tool=weather args={"city":"Bern"}'),
        tools: [
          {
            type: 'function',
            function: {
              name: 'weather',
              description: 'Tells the weather',
              parameters: weather.parameters,
              parse: (text: string) => JSON.parse(text) as { city: string },
              function: ({ city }: { city: string }) => `${city}: sunny`,
            },
          },
        ],
      })
      assert.equal(await runner.finalContent(), 'Bern: sunny')
    })

    test('sends images by address and in base64', async () => {
      const reply = await client.chat.completions.create(
        ask([
          { type: 'text', text: 'what is it?' },
          { type: 'image_url', image_url: { url: 'https://example.com/cat.png' } },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${imageBase64}` } },
        ]),
      )
      assert.equal(reply.choices[0]?.message.content, 'what is it?')
      if (!isTranslated) return
      if (provider === world.gemini) {
        assert.deepEqual(provider.last().json.contents[0].parts.slice(1), [
          { fileData: { mimeType: 'image/png', fileUri: 'https://example.com/cat.png' } },
          { inlineData: { mimeType: 'image/png', data: imageBase64 } },
        ])
        return
      }
      const blocks = provider.last().json.messages[0].content
      assert.deepEqual(
        blocks.slice(1).map(({ source }: { source: unknown }) => source),
        [
          { type: 'url', url: 'https://example.com/cat.png' },
          { type: 'base64', media_type: 'image/png', data: imageBase64 },
        ],
      )
    })

    test('gets structured output, plain and streamed', async () => {
      const asked = {
        ...ask(`mock:text=${JSON.stringify(weatherText)}`),
        response_format: zodResponseFormat(z.object({ city: z.string(), degrees: z.number() }), 'weather'),
      }
      const parsed = await client.chat.completions.parse(asked)
      assert.deepEqual(parsed.choices[0]?.message.parsed, JSON.parse(weatherText))
      const streamed = await client.chat.completions.stream(asked).finalChatCompletion()
      assert.deepEqual(streamed.choices[0]?.message.parsed, JSON.parse(weatherText))
    })

    test('what it got is what was recorded', async () => {
      const call = wire.calls.at(-1)!
      const outcome = await world.outcome(call.exchange)
      assert.equal(outcome.type, 'airs.response-completed.v1')
      assert.equal(
        outcome.data.provider,
        { [world.openai.url]: 'openai', [world.gemini.url]: 'gemini' }[provider.url] ?? 'anthropic',
      )
      const delivered = isTranslated ? outcome.data.delivered.body : outcome.data.body
      assert.equal(delivered.text, (await call.received).toString('utf8'))
    })
  })
}

describe('openai (npm) and what only OpenAI has', () => {
  test('JSON mode', async () => {
    const reply = await client.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'mock:text="{}"' }],
      response_format: { type: 'json_object' },
    })
    assert.deepEqual(JSON.parse(reply.choices[0]!.message.content!), {})
    assert.deepEqual(world.openai.last().json.response_format, { type: 'json_object' })
  })

  test('several choices and log probabilities go through', async () => {
    const reply = await client.chat.completions.create({
      model: 'gpt-4o',
      n: 2,
      logprobs: true,
      messages: [{ role: 'user', content: 'x' }],
    })
    assert.equal(reply.choices.length, 2)
  })

  test('completions, plain and streamed', async () => {
    const body = { model: 'gpt-3.5-turbo-instruct', prompt: 'Once upon a time' }
    assert.equal((await client.completions.create(body)).choices[0]?.text, 'Once upon a time')
    const chunks = await collect(await client.completions.create({ ...body, stream: true }))
    assert.equal(chunks.map(({ choices }) => choices[0]?.text ?? '').join(''), 'Once upon a time')
  })

  test('embeddings, as floats and in base64', async () => {
    const body = { model: 'text-embedding-3-small', input: ['a', 'b'], dimensions: 8 }
    const floats = await client.embeddings.create({ ...body, encoding_format: 'float' })
    const byDefault = await client.embeddings.create(body)
    assert.deepEqual([floats.data.length, floats.data[0]?.embedding.length], [2, 8])
    assert.deepEqual(
      byDefault.data[0]?.embedding.map((value) => value.toFixed(5)),
      floats.data[0]?.embedding.map((value) => value.toFixed(5)),
    )
  })

  test('the Responses API: plain, streamed, tools, structured', async () => {
    const plain = await client.responses.create({ model: 'gpt-5', instructions: 'Be terse', input: 'Hello' })
    assert.equal(plain.output_text, 'Hello')
    const stream = client.responses.stream({ model: 'gpt-5', input: 'mock:text="one two"' })
    const pieces: string[] = []
    stream.on('response.output_text.delta', ({ delta }) => pieces.push(delta))
    assert.equal((await stream.finalResponse()).status, 'completed')
    assert.deepEqual(pieces, ['one', ' two'])
    const called = await client.responses.create({
      model: 'gpt-5',
      input: 'mock:tool=weather args={"city": "Bern"}',
      tools: [{ type: 'function', name: 'weather', parameters: weather.parameters, strict: true }],
    })
    const call = called.output.find(({ type }) => type === 'function_call')
    assert.ok(call?.type === 'function_call')
    assert.equal(call.arguments, '{"city": "Bern"}')
    const responded = await client.responses.create({
      model: 'gpt-5',
      input: [
        { role: 'user', content: 'the weather?' },
        call,
        { type: 'function_call_output', call_id: call.call_id, output: 'sunny' },
      ],
    })
    assert.equal(responded.output_text, 'sunny')
  })

  test('the Responses API: a stored response is read, listed, cancelled, deleted', async () => {
    assert.equal(
      (await client.responses.retrieve('resp_1', { include: ['reasoning.encrypted_content'] })).output_text,
      'kept',
    )
    assert.match(world.openai.last().path, /^\/v1\/responses\/resp_1\?include/)
    const { data } = await world.outcome(wire.calls.at(-1)!.exchange)
    assert.deepEqual([data.usage, data.cost], [undefined, undefined])
    const items = await collect(client.responses.inputItems.list('resp_1'))
    assert.deepEqual(
      items.map(({ id }) => id),
      ['i'],
    )
    assert.equal((await client.responses.cancel('resp_1')).status, 'cancelled')
    await client.responses.delete('resp_1')
    assert.equal((await client.responses.inputTokens.count({ model: 'gpt-5', input: 'x' })).input_tokens, 11)
    await assert.rejects(client.responses.retrieve('resp_2'), OpenAI.NotFoundError)
    await assert.rejects(
      client.responses.retrieve('resp_1', {}, { headers: { 'x-airs-provider': 'anthropic' } }),
      OpenAI.BadRequestError,
    )
  })

  test('a field that the other side has nothing for is refused with status 400, which names it', async () => {
    const asked = client.chat.completions.create({
      model: 'claude-opus-4-6',
      n: 2,
      messages: [{ role: 'user', content: 'x' }],
    })
    await assert.rejects(asked, (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError)
      assert.equal(error.param, 'n')
      return true
    })
    await assert.rejects(
      client.embeddings.create({ model: 'x', input: 'a' }, { headers: { 'x-airs-provider': 'anthropic' } }),
      OpenAI.BadRequestError,
    )
  })

  test('a model that is not there gets status 404', async () => {
    await assert.rejects(client.models.retrieve('nothing'), OpenAI.NotFoundError)
  })
})
