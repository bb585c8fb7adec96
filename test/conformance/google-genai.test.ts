import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { ApiError, type Content, FunctionCallingConfigMode, GoogleGenAI, Type } from '@google/genai'
import { collect } from './collect.ts'
import { imageBase64, weatherText } from './material.ts'
import { wrongKey } from './published-api.ts'
import { blockedText, clientKey, world } from './world.ts'

const clientWith = (apiKey: string) =>
  new GoogleGenAI({ apiKey, httpOptions: { baseUrl: world.ingressUrl, retryOptions: { attempts: 1 } } })
const { models } = clientWith(clientKey)
const tools = [
  {
    functionDeclarations: [
      {
        name: 'weather',
        description: 'Tells the weather',
        parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
      },
      { name: 'time', description: 'Tells the time' },
    ],
  },
]

afterEach(() => world.calm())

for (const [route, model, shaky, provider] of [
  ['a Gemini provider', 'gemini-3-flash', 'shaky-gemini', world.gemini],
  ['an OpenAI provider', 'gpt-4o', 'shaky-gpt', world.openai],
  ['an Anthropic provider', 'claude-opus-4-6', 'shaky-claude', world.anthropic],
] as const)
  describe(`@google/genai (npm) and ${route}`, () => {
    test('chats, and knows finish reason and usage', async () => {
      const response = await models.generateContent({ model, contents: 'Grüße 👋' })
      assert.equal(response.text, 'Grüße 👋')
      assert.equal(response.candidates?.[0]?.finishReason, 'STOP')
      const { promptTokenCount, candidatesTokenCount, totalTokenCount } = response.usageMetadata!
      assert.equal(totalTokenCount, promptTokenCount! + candidatesTokenCount!)
    })

    test('streams word by word, with usage at the end', async () => {
      const chunks = await collect(
        await models.generateContentStream({ model, contents: 'mock:pace=1 text="one two three"' }),
      )
      const pieces = chunks.map(({ text }) => text).filter(Boolean)
      assert.deepEqual(pieces, ['one', ' two', ' three'])
      assert.equal(chunks.at(-1)?.candidates?.[0]?.finishReason, 'STOP')
      assert.ok(chunks.at(-1)!.usageMetadata!.candidatesTokenCount! > 0)
    })

    test('sends a system instruction, several turns and limits', async () => {
      const response = await models.generateContent({
        model,
        contents: [
          { role: 'user', parts: [{ text: 'first' }] },
          { role: 'model', parts: [{ text: 'answer' }] },
          { role: 'user', parts: [{ text: 'second' }] },
        ],
        config: {
          systemInstruction: 'You are terse.',
          temperature: 0.5,
          topK: 40,
          maxOutputTokens: 77,
          stopSequences: ['END'],
        },
      })
      assert.equal(response.text, 'second')
      assert.match(JSON.stringify(provider.last().json), /You are terse\./)
    })

    for (const way of ['plain', 'streamed'] as const)
      test(`calls tools in parallel and has their results answered, ${way}`, async () => {
        const asked: Content = {
          role: 'user',
          parts: [{ text: 'mock:tool=weather args={"city": "Zürich"} tool=time' }],
        }
        const config = { tools }
        const request = { model, contents: [asked], config }
        const frames =
          way === 'plain'
            ? [await models.generateContent(request)]
            : await collect(await models.generateContentStream(request))
        const parts = frames.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
        const calls = parts.flatMap(({ functionCall }) => functionCall ?? [])
        assert.deepEqual(
          calls.map(({ name, args }) => [name, args]),
          [
            ['weather', { city: 'Zürich' }],
            ['time', {}],
          ],
        )
        // As Gemini's own client does it for a call of another model.
        const [first, ...others] = parts.filter(({ functionCall }) => functionCall)
        const said = [{ ...first, thoughtSignature: 'skip_thought_signature_validator' }, ...others]
        const results = calls.map(({ id, name }) => ({
          functionResponse: { name, response: { output: `${name} is fine` }, ...(way === 'plain' && { id }) },
        }))
        const next = await models.generateContent({
          model,
          config,
          contents: [asked, { role: 'model', parts: said }, { role: 'user', parts: results }],
        })
        assert.equal(next.text, 'weather is fine\ntime is fine')
      })

    test('forces a tool', async () => {
      const { functionCalls } = await models.generateContent({
        model,
        contents: 'What is it like?',
        config: {
          tools,
          toolConfig: {
            functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['weather'] },
          },
        },
      })
      assert.equal(functionCalls?.[0]?.name, 'weather')
    })

    test('sends an image', async () => {
      const parts = [{ text: 'what is it?' }, { inlineData: { mimeType: 'image/png', data: imageBase64 } }]
      assert.equal(
        (await models.generateContent({ model, contents: [{ role: 'user', parts }] })).text,
        'what is it?',
      )
      assert.ok(JSON.stringify(provider.last().json).includes(imageBase64))
    })

    test('gets structured output', async () => {
      const response = await models.generateContent({
        model,
        contents: `mock:text=${JSON.stringify(weatherText)}`,
        config: {
          responseMimeType: 'application/json',
          responseSchema: {
            type: Type.OBJECT,
            properties: { city: { type: Type.STRING }, degrees: { type: Type.NUMBER } },
          },
        },
      })
      assert.equal(response.text, weatherText)
    })

    test('raises its errors', async () => {
      const statusOf = (work: Promise<unknown>) =>
        work.then(
          () => assert.fail('nothing was raised'),
          (error: unknown) => {
            assert.ok(error instanceof ApiError, String(error))
            return error.status
          },
        )
      for (const status of [400, 403, 404, 429, 500]) {
        const request = { model: shaky, contents: `mock:status=${status}` }
        assert.equal(await statusOf(models.generateContent(request)), status)
        assert.equal(await statusOf(models.generateContentStream(request)), status)
        await world.calm()
      }
      assert.equal(await statusOf(clientWith(wrongKey).models.generateContent({ model, contents: 'x' })), 401)
      assert.equal(await statusOf(models.generateContent({ model, contents: blockedText })), 403)
    })

    test('a stream that is cut raises', async () => {
      const request = { model: shaky, contents: 'mock:cut=2 text="one two three"' }
      await assert.rejects(async () => collect(await models.generateContentStream(request)))
    })
  })
