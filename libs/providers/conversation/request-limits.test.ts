import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestLimits } from './request-limits.ts'

const maxTokens = (body: object) => requestLimits({ model: 'm', messages: [], ...body }).maxTokens
const unlimited = Number.MAX_SAFE_INTEGER

test('the largest of several limits counts, wherever it stands', () => {
  assert.equal(maxTokens({}), 0)
  assert.equal(maxTokens({ max_tokens: 100 }), 100)
  assert.equal(maxTokens({ max_output_tokens: 1, max_tokens: 5_000 }), 5_000)
  assert.equal(maxTokens({ max_completion_tokens: 7, max_tokens: 1 }), 7)
  assert.equal(maxTokens({ generationConfig: { maxOutputTokens: 9 } }), 9)
  assert.equal(maxTokens({ max_tokens: 1, options: { num_predict: 8 } }), 8)
  assert.equal(maxTokens({ max_tokens: null }), 0)
})

test('a limit that is no count counts as none', () => {
  for (const limit of ['5000', -1, 1.5, 1e300, true, [], {}])
    assert.equal(maxTokens({ max_tokens: limit }), unlimited, JSON.stringify(limit))
  assert.equal(maxTokens({ max_tokens: 10, max_output_tokens: 'all' }), unlimited)
})
