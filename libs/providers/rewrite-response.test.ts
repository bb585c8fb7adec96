import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FormatId, formats } from './formats.ts'
import type { JsonObject } from './json.ts'
import { anthropicMessagesEndpoint } from './mock/anthropic-messages-endpoint.ts'
import { mockResponse } from './mock/mock-response.ts'
import { openaiChatEndpoint } from './mock/openai-chat-endpoint.ts'
import { openaiCompletionsEndpoint } from './mock/openai-completions-endpoint.ts'
import { openaiResponsesEndpoint } from './mock/openai-responses-endpoint.ts'
import { readResponseTexts } from './read-body.ts'
import { replaceTexts } from './replace-texts.testing.ts'
import { rewriteResponse, rewriteStream } from './rewrite-response.ts'
import { createSseParser, readFrame, type SseFrame, sseText } from './sse.ts'
import type { WireFormat } from './wire-format.ts'

const directives = {
  latencyMs: 0,
  paceMs: 0,
  chunks: 4,
  text: 'Write to ann@example.com today',
  tools: [
    { name: 'mail', args: '{"to": "ann@example.com", "cc": ["bob@example.com"]}' },
    { name: 'none', args: '{}' },
  ],
}
const prompt = { model: 'm', inputTokens: 1, text: '', toolResults: [] }
const reply = mockResponse(prompt, directives, Buffer.from('x'))

function assemble(format: WireFormat, frames: SseFrame[]) {
  const assembler = format.createAssembler()
  for (const frame of frames) assembler.push(frame)
  return assembler.result() ?? assert.fail()
}

for (const endpoint of [
  openaiChatEndpoint,
  openaiCompletionsEndpoint,
  openaiResponsesEndpoint,
  anthropicMessagesEndpoint,
]) {
  const { format } = endpoint
  test(`${format.id}: a rewritten stream folds into the rewritten answer, and the old text is nowhere in it`, () => {
    const bytes = Buffer.from([...endpoint.frames(reply, { stream: true })].map(({ text }) => text).join(''))
    const frames = createSseParser().push(bytes)
    const body = assemble(format, frames)
    const edits = format
      .responseTexts(body)
      .filter(({ text }) => text.includes('@'))
      .map(({ path, text }) => ({ path, text: text.replaceAll(/\w+@example\.com/g, '[EMAIL]') }))
    assert.ok(edits.length > 0)
    const rewritten = rewriteStream(format, frames, format.responseTexts(body), edits)
    assert.deepEqual(assemble(format, rewritten), replaceTexts(body, edits))
    const sent = Buffer.concat(rewritten.map(({ raw }) => raw)).toString()
    assert.ok(!/ann@|bob@|example/.test(sent))
    assert.equal(rewritten.length, frames.length)
    assert.equal(rewritten.at(-1)?.raw.includes('DONE'), frames.at(-1)?.raw.includes('DONE'))
  })
}

test('log probabilities go with the text that they spell', () => {
  const choice = { index: 0, delta: { content: 'secret' }, logprobs: { content: [{ token: 'secret' }] } }
  const frames = [readFrame(Buffer.from(sseText({ id: 'c', choices: [choice] })))]
  const edits = [{ path: '/choices/0/message/content', text: 'x' }]
  const [frame] = rewriteStream(formats['openai.chat'], frames, [], edits)
  assert.ok(!frame?.raw.includes('secret'))
  const body = { choices: [{ message: { content: 'secret' }, logprobs: { content: [{ token: 'secret' }] } }] }
  assert.ok(!rewriteResponse(formats['openai.chat'], JSON.stringify(body), [], edits).includes('secret'))
})

test('log probabilities are left out in every format, and where they come in another frame than the text', () => {
  const said = { content: { role: 'model', parts: [{ text: 'secret' }] }, index: 0 }
  const logprobsResult = { chosenCandidates: [{ token: 'sec' }, { token: 'ret' }] }
  const bodies: [FormatId, JsonObject, string][] = [
    [
      'gemini.generate-content',
      { candidates: [{ ...said, logprobsResult }] },
      '/candidates/0/content/parts/0/text',
    ],
    ['generic.openai', { text: 'secret', logprobs: [{ token: 'sec' }, { token: 'ret' }] }, '/text'],
  ]
  for (const [id, body, path] of bodies)
    assert.ok(!/sec|ret/.test(rewriteResponse(formats[id], JSON.stringify(body), [], [{ path, text: 'x' }])))
  const choices = [
    { index: 0, delta: { content: 'secret' } },
    { index: 0, delta: { content: '' }, logprobs: { content: [{ token: 'sec' }, { token: 'ret' }] } },
  ]
  const frames = choices.map((choice) => readFrame(Buffer.from(sseText({ id: 'c', choices: [choice] }))))
  const edits = [{ path: '/choices/0/message/content', text: 'x' }]
  const sent = rewriteStream(formats['openai.chat'], frames, [], edits)
  assert.ok(sent.every(({ raw }) => !/sec|ret/.test(raw.toString())))
})

test('a stream that cannot be made to say it is not delivered', () => {
  const delta = { tool_calls: [{ index: 3, id: 'k', function: { name: 'f', arguments: '{"a":"secret"}' } }] }
  const frames = [readFrame(Buffer.from(sseText({ id: 'c', choices: [{ index: 0, delta }] })))]
  const edits = [{ path: '/choices/0/message/tool_calls/0/function/arguments', text: '{}' }]
  assert.throws(() => rewriteStream(formats['openai.chat'], frames, [], edits), /could not be rewritten at/)
})

test('a stream of the generic lane is rewritten where its strings stand in objects', () => {
  const format = formats['generic.openai']
  const events = [
    { type: 'x', id: 'a@b.org', said: { text: 'Write to ann@' } },
    { type: 'y', text: 'ann@example.com' },
    { type: 'x', id: 'a@b.org', said: { text: 'example.com today' } },
    { event: 'ann@example.com' },
  ]
  const stream = events.map((event) => sseText(JSON.stringify(event))).join('')
  const frames = createSseParser().push(Buffer.from(stream))
  const body = assemble(format, frames)
  const { texts } = readResponseTexts(format, body)
  const edits = texts
    .filter(({ text }) => text.includes('@'))
    .map(({ path, text }) => ({ path, text: text.replaceAll(/\w+@[\w.]+/g, '[EMAIL]') }))
  assert.equal(edits.length, 4)
  const sent = rewriteStream(format, frames, texts, edits).map(({ raw }) => raw.toString())
  assert.deepEqual(
    sent.map((text) => JSON.parse(text.slice('data: '.length))),
    [
      { type: 'x', id: '[EMAIL]', said: { text: 'Write to [EMAIL] today' } },
      { type: 'y', text: '[EMAIL]' },
      { type: 'x', id: '[EMAIL]', said: { text: '' } },
      { event: '[EMAIL]' },
    ],
  )
})
