import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { allFormats, findFormat } from '../formats.ts'
import type { JsonObject } from '../json.ts'
import { readRequestTexts } from '../read-body.ts'
import { readResponseTurns } from './response-turns.ts'

const golden = join(import.meta.dirname, '../translate/golden')
const cases = globSync('*/*/client-response.json', { cwd: golden }).map((file) => join(golden, file, '..'))

test('a streamed answer says what the plain one says', () => {
  assert.ok(cases.length > 6)
  for (const directory of cases) {
    const plain = readResponseTurns(readFileSync(join(directory, 'client-response.json')))
    const streamed = readResponseTurns(readFileSync(join(directory, 'client-stream.txt')))
    assert.ok(plain.turns.length > 0, directory)
    assert.deepEqual(
      streamed.turns.map(({ kind, name }) => [kind, name]),
      plain.turns.map(({ kind, name }) => [kind, name]),
      directory,
    )
  }
})

test('a response that the next request repeats is read as the same turns, in every format', () => {
  const call = { id: 'c1', type: 'function', function: { name: 'find', arguments: '{"b":1,"a":[2]}' } }
  const chat = { role: 'assistant', content: 'Hm', refusal: null, annotations: [], tool_calls: [call] }
  const respaced = { ...call, function: { name: 'find', arguments: '{ "a": [2], "b": 1 }' } }
  assert.deepEqual(
    readResponseTurns(json({ choices: [{ index: 0, message: chat }] })).turns,
    requestTurns('openai.chat', {
      messages: [{ role: 'assistant', content: [{ type: 'text', text: 'Hm' }], tool_calls: [respaced] }],
    }).turns,
  )
  const blocks = [
    { type: 'thinking', thinking: 'Well', signature: 's' },
    { type: 'text', text: 'Hm', citations: null },
    { type: 'tool_use', id: 'c1', name: 'find', input: { b: 1, a: [2] } },
  ]
  const said = readResponseTurns(json({ type: 'message', role: 'assistant', content: blocks })).turns
  assert.deepEqual(
    said,
    requestTurns('anthropic.messages', { messages: [{ role: 'assistant', content: blocks }] }).turns,
  )
  assert.deepEqual(
    said.map(({ kind }) => kind),
    ['reasoning', 'message', 'tool-call'],
  )
  const output = [
    { type: 'reasoning', id: 'r', summary: [{ type: 'summary_text', text: 'Well' }] },
    {
      type: 'message',
      id: 'm',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Hm', annotations: [] }],
    },
    { type: 'function_call', id: 'f', call_id: 'c1', name: 'find', arguments: '{"b":1,"a":[2]}' },
  ]
  const items = readResponseTurns(json({ object: 'response', id: 'resp_1', output }))
  assert.deepEqual(
    items.turns,
    requestTurns('openai.responses', { input: [output[0], { role: 'assistant', content: 'Hm' }, output[2]] })
      .turns,
  )
  assert.equal(items.id, 'resp_1')
  // The same call in whichever format: only its place in the message differs.
  assert.deepEqual(items.turns.at(-1), said.at(-1))
})

test('a result names its call', () => {
  const of = (format: string, body: object) =>
    requestTurns(format, body)
      .turns.filter(({ kind }) => kind === 'tool-result')
      .map(({ name, callId, content }) => [name, callId, content])
  const legacy = { role: 'assistant', content: null, function_call: { name: 'find', arguments: '{}' } }
  assert.deepEqual(
    of('openai.chat', { messages: [legacy, { role: 'function', name: 'find', content: 'Tea' }] }),
    [['find', 'function find {}', 'Tea']],
  )
  assert.deepEqual(
    of('anthropic.messages', {
      messages: [
        { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'find', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: 'Tea' }] },
      ],
    }),
    [['find', 'c', 'Tea']],
  )
  assert.deepEqual(
    of('openai.responses', { input: [{ type: 'function_call_output', call_id: 'c', output: 'Tea' }] }),
    [[undefined, 'c', 'Tea']],
  )
})

test('images and documents are part of what a message says', () => {
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
  const [turn] = requestTurns('openai.chat', {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Look' }, image] }],
  }).turns
  assert.equal(turn?.content, JSON.stringify(['Look', { image_url: image.image_url, type: 'image_url' }]))
})

test('errors, lists of models and junk say nothing', () => {
  for (const text of [
    '',
    '{',
    'null',
    '{"error":{"message":"no"}}',
    '{"object":"list","data":[]}',
    'data: x',
  ])
    assert.deepEqual(readResponseTurns(Buffer.from(text)).turns, [])
})

test('any JSON is read without failing', () => {
  fc.assert(
    fc.property(fc.constantFrom(...allFormats), fc.jsonValue(), (format, value) => {
      for (const field of ['messages', 'input', 'prompt', 'system'])
        format.requestTurns({ [field]: value } as JsonObject)
      for (const field of ['choices', 'output', 'content'])
        readResponseTurns(json({ type: 'message', [field]: value }))
    }),
  )
})

function requestTurns(format: string, body: object) {
  return findFormat(format)!.requestTurns(body as JsonObject)
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value))
}

test('a role is a word of ours, whatever word stands there', () => {
  for (const role of ['constructor', '__proto__', 'toString', 'jester'])
    for (const format of allFormats) {
      const message = { role, type: 'message', content: 'hello', parts: [{ text: 'hello' }] }
      const body = { model: 'm', messages: [message], input: [message], contents: [message] }
      const response = {
        output: [message],
        choices: [{ index: 0, message }],
        candidates: [{ content: message }],
      }
      const turns = [...format.requestTurns(body).turns, ...format.responseTurns(response)]
      const texts = [...format.requestTexts(body), ...format.responseTexts(response)]
      for (const said of [...turns, ...texts, ...readRequestTexts(format, body).texts])
        assert.equal(typeof ('role' in said ? (said.role ?? '') : ''), 'string', `${format.id}: ${role}`)
    }
})
