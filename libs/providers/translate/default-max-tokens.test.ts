import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultMaxTokens } from './default-max-tokens.ts'

test('as many tokens are asked for as every model of the family can give', () => {
  assert.equal(defaultMaxTokens('claude-3-haiku-20240307'), 4_096)
  assert.equal(defaultMaxTokens('claude-3-5-sonnet-latest'), 8_192)
  assert.equal(defaultMaxTokens('claude-opus-4-1'), 32_000)
  assert.equal(defaultMaxTokens('claude-haiku-4-5-20251001'), 32_000)
  assert.equal(defaultMaxTokens('deepseek-chat'), 8_192)
})
