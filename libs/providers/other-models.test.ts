import assert from 'node:assert/strict'
import { test } from 'node:test'
import { otherModels } from './other-models.ts'

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
