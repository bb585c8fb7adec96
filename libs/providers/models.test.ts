import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anthropicModelList, mergeModels, modelEntry, openaiModelList, readModels } from './models.ts'

const fromOpenai = readModels('openai', {
  object: 'list',
  data: [{ id: 'gpt-4o', object: 'model', created: 5, owned_by: 'system', novel: 1 }, { id: 7 }, 'junk'],
})
const fromAnthropic = readModels('anthropic', {
  data: [
    {
      type: 'model',
      id: 'claude-opus-4-6',
      display_name: 'Claude Opus 4.6',
      created_at: '2026-02-04T00:00:00Z',
    },
  ],
  has_more: false,
})

test('lists of several providers become one, the first that has a model describing it', () => {
  const merged = mergeModels([
    fromOpenai,
    fromAnthropic,
    [modelEntry('gpt-4o', 'alias'), modelEntry('fast', 'airs-cp')],
  ])
  assert.deepEqual(openaiModelList(merged), {
    object: 'list',
    data: [
      { id: 'gpt-4o', object: 'model', created: 5, owned_by: 'system', novel: 1 },
      { id: 'claude-opus-4-6', object: 'model', created: 1770163200, owned_by: 'anthropic' },
      { id: 'fast', object: 'model', created: 0, owned_by: 'airs-cp' },
    ],
  })
})

test('Anthropic’s clients get the list in their own shape', () => {
  assert.deepEqual(anthropicModelList(fromAnthropic), {
    data: [
      {
        type: 'model',
        id: 'claude-opus-4-6',
        display_name: 'claude-opus-4-6',
        created_at: '2026-02-04T00:00:00.000Z',
      },
    ],
    has_more: false,
    first_id: 'claude-opus-4-6',
    last_id: 'claude-opus-4-6',
  })
  assert.deepEqual(anthropicModelList([]), { data: [], has_more: false, first_id: null, last_id: null })
})

test('an answer that is no list has no models', () => {
  for (const body of [undefined, '<html>', { data: 7 }, { error: {} }])
    assert.deepEqual(readModels('openai', body), [])
})
