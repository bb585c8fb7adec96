import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { estimateTokens, estimateUsage } from './estimate-usage.ts'

test('tokens are estimated by script', () => {
  assert.equal(estimateTokens(''), 0)
  assert.equal(estimateTokens('Hello there, world!'), 1 + 1 + 1 + 1 + 1)
  assert.equal(estimateTokens('1234567'), 3)
  assert.equal(estimateTokens('東京都'), 3)
  assert.equal(estimateTokens('Привет'), 2)
})

test('more text never has fewer tokens, and none has more than its characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      assert.ok(estimateTokens(`${a} ${b}`) >= estimateTokens(a))
      assert.ok(estimateTokens(a) <= [...a].length)
    }),
  )
})

test('an estimate says that it is one', () => {
  const part = (text: string) => ({ path: '', text, role: 'user', kind: 'text' }) as const
  const usage = estimateUsage([part('Hello')], [part('Hi')])
  assert.deepEqual(usage, { inputTokens: 5, outputTokens: 1, estimated: true })
})
