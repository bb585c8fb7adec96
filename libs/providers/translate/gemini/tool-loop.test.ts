import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../json.ts'
import { createSseParser } from '../../sse.ts'
import { translatorBetween } from '../translators.ts'

const signature = 'c2lnbmVk'
const response = {
  candidates: [
    {
      content: {
        role: 'model',
        parts: [
          { text: 'Look it up.', thought: true },
          { functionCall: { name: 'get_weather', args: { city: 'Paris' } }, thoughtSignature: signature },
          { functionCall: { name: 'get_weather', args: { city: 'Zürich' } } },
        ],
      },
      finishReason: 'STOP',
      index: 0,
    },
  ],
  usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 2, totalTokenCount: 6 },
  modelVersion: 'gemini-3-flash',
  responseId: 'cg==',
}
const options = { createdSeconds: 1, includeUsage: true, toolNames: new Map<string, string>() }
const tool = { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }

/** The parts of the model's turn as they come back to Gemini. */
function modelParts(client: string, body: object): JsonObject[] {
  const translator = translatorBetween(client, 'gemini.generate-content')!
  const { body: sent } = translator.request(JSON.stringify(body), {
    defaultMaxTokens: 9,
    server: 'compatible',
  })
  const { contents } = JSON.parse(sent) as { contents: { role: string; parts: JsonObject[] }[] }
  return contents.find(({ role }) => role === 'model')!.parts
}

const signatures = (parts: JsonObject[]) => parts.map(({ thoughtSignature }) => thoughtSignature)

test('an OpenAI client that keeps what it got returns the signature of a call', () => {
  const translated = translatorBetween('openai.chat', 'gemini.generate-content')!.response(
    JSON.stringify(response),
    options,
  )
  const { message } = (JSON.parse(translated) as { choices: { message: JsonObject }[] }).choices[0]!
  const calls = message.tool_calls as { id: string }[]
  const results = calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: '18' }))
  const asked = {
    model: 'gemini-3-flash',
    messages: [{ role: 'user', content: 'Hi' }, message, ...results],
    tools: [{ type: 'function', function: tool }],
  }
  assert.deepEqual(signatures(modelParts('openai.chat', asked)), [signature, undefined])
})

test('one that loses it gets what Google documents in its place, where the model insists on one', () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }
  const asked = (model: string) => ({
    model,
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: null, tool_calls: [call, { ...call, id: 'call_2' }] },
      { role: 'tool', tool_call_id: 'call_1', content: '18' },
      { role: 'tool', tool_call_id: 'call_2', content: '19' },
    ],
  })
  const dummy = 'skip_thought_signature_validator'
  assert.deepEqual(signatures(modelParts('openai.chat', asked('gemini-3.1-pro'))), [dummy, undefined])
  assert.deepEqual(signatures(modelParts('openai.chat', asked('gemini-2.5-flash'))), [undefined, undefined])
})

test('an Anthropic client returns it in the thinking block before the call, plain and streamed', () => {
  const translator = translatorBetween('anthropic.messages', 'gemini.generate-content')!
  const plain = JSON.parse(translator.response(JSON.stringify(response), options)) as {
    content: JsonObject[]
  }
  const stream = translator.createStream(options)
  const frames = [
    ...createSseParser()
      .push(Buffer.from(`data: ${JSON.stringify(response)}\r\n\r\n`))
      .flatMap((frame) => stream.push(frame)),
    ...stream.end(),
  ]
  const events = frames.map(({ data }) => JSON.parse(data) as { delta?: JsonObject })
  const streamed = events.flatMap(({ delta }) => (delta?.type === 'signature_delta' ? [delta.signature] : []))
  assert.deepEqual(streamed, [plain.content[0]!.signature])
  const uses = plain.content.filter(({ type }) => type === 'tool_use')
  const results = uses.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: '18' }))
  const asked = {
    model: 'gemini-3-flash',
    max_tokens: 9,
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: plain.content },
      { role: 'user', content: results },
    ],
  }
  assert.deepEqual(signatures(modelParts('anthropic.messages', asked)), [signature, undefined])
})

test('a response that says nothing because its call was malformed is an error, and no empty response', () => {
  const translator = translatorBetween('openai.chat', 'gemini.generate-content')!
  const failed = {
    candidates: [{ content: {}, finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'print(' }],
  }
  assert.throws(
    () => translator.response(JSON.stringify(failed), options),
    /MALFORMED_FUNCTION_CALL: print\(/,
  )
})

test('a stream of Gemini that stops before its end gets no end', () => {
  const { push, end } = translatorBetween('openai.chat', 'gemini.generate-content')!.createStream(options)
  const [begun] = createSseParser().push(
    Buffer.from('data: {"candidates":[{"content":{"parts":[{"text":"Hi"}]},"index":0}]}\n\n'),
  )
  assert.equal(push(begun!).length, 2)
  assert.deepEqual(end(), [])
})

test('a client that reads a list of JSON gets one', () => {
  const translator = translatorBetween('gemini.generate-content', 'openai.chat')!
  const completion = { choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }] }
  const listed = translator.response(JSON.stringify(completion), { ...options, asList: true })
  assert.equal((JSON.parse(listed) as JsonObject[])[0]!.candidates !== undefined, true)
})

test('a Gemini client gets no comments of a stream, which not all of them can read', () => {
  const { push } = translatorBetween('gemini.generate-content', 'openai.chat')!.createStream(options)
  const frames = createSseParser().push(Buffer.from(': keep-alive\n\n'))
  assert.equal(frames.length, 1)
  assert.deepEqual(frames.flatMap(push), [])
})
