import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDocuments } from './body/documents.ts'
import { otherModels, otherModelsOfForm } from './other-models.ts'

test('further models are found wherever servers look for them', () => {
  const found = (body: object) => otherModels({ model: 'a', ...body } as never)
  assert.deepEqual(found({ models: ['a', 'b', 'c'] }), ['b', 'c'])
  assert.deepEqual(found({ Models: ['b'] }), ['b'])
  assert.deepEqual(found({ fallbacks: [{ model: 'b', messages: [{ role: 'user', content: 'c' }] }, 'd'] }), [
    'b',
    'd',
  ])
  assert.deepEqual(found({ context_window_fallbacks: [{ a: ['b', 'c'] }] }), ['b', 'c'])
  assert.deepEqual(found({ plugins: [{ id: 'auto-router', allowed_models: ['b/*'] }] }), ['b/*'])
  assert.deepEqual(found({ tools: [{ type: 'image_generation', model: 'b' }] }), ['b'])
  assert.deepEqual(found({ session: { model: 'b', audio: { input: { transcription: { model: 'c' } } } } }), [
    'b',
    'c',
  ])
})

test('what is only spoken of is no model', () => {
  const properties = { model: { type: 'string', default: 'b' } }
  const body = {
    model: 'a',
    messages: [{ role: 'user', content: [{ type: 'tool_use', input: { model: 'b', models: ['c'] } }] }],
    tools: [
      { type: 'function', function: { name: 'order', parameters: { properties } } },
      { name: 'order', input_schema: { properties } },
    ],
    metadata: { model: 'b' },
  }
  assert.deepEqual(otherModels(body as never), [])
  assert.deepEqual(otherModels(undefined), [])
})

test('further models are found in the fields of a form, and in the requests of its file', () => {
  const found = (fields: [head: string, value: string][]) => {
    const parts = fields.map(
      ([head, value]) => `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`,
    )
    return otherModelsOfForm(
      readDocuments(Buffer.from(`${parts.join('')}--b--\r\n`), 'multipart/form-data; boundary=b'),
    )
  }
  const model: [string, string] = ['name="model"', 'a']
  assert.deepEqual(found([model, ['name="prompt"', '{"model":"b"}']]), [])
  assert.deepEqual(found([model, ['name="fallbacks"', 'b'], ['name="extra_body"', '{"models":["c"]}']]), [
    'b',
    'c',
  ])
  for (const name of ['Model', 'model[]', 'models', 'models[0]'])
    assert.deepEqual(found([model, [`name="${name}"`, 'b']]), ['b'], name)
  const lines = [
    '{"custom_id":"1","method":"POST","url":"/v1/chat/completions","body":{"model":"b","messages":[]}}',
    '{"custom_id":"2","params":{"model":"c","messages":[{"role":"user","content":"d"}]}}',
    '{"model":"of a log"}',
  ].join('\n')
  assert.deepEqual(found([model, ['name="purpose"', 'batch'], ['name="file"; filename="b.jsonl"', lines]]), [
    'b',
    'c',
  ])
})
