import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Target } from '../exchange.ts'
import { costOf, isPriced } from './price-of.ts'

const usage = { inputTokens: 1_000, outputTokens: 100, estimated: false }
const config = {
  kind: 'openai-compatible',
  baseUrl: 'https://x.example.com',
  prices: { fast: { input: 1, output: 10 } },
} as const
const isPricedAs = (model: string) =>
  isPriced({ provider: { config }, model: undefined } as unknown as Target, model)

test('whatever a provider calls a model in its response, one whose price is known costs something', () => {
  assert.equal(isPricedAs('fast'), true)
  for (const reported of ['fast', 'meta-llama/Llama-3.3-70B', undefined])
    assert.equal(costOf(config, [reported, 'fast'], usage)?.usdMicros, 2_000)
  assert.equal(costOf(config, ['meta-llama/Llama-3.3-70B', 'slow'], usage), undefined)
})

test('the model that the response names counts where its price is known', () => {
  const openai = { kind: 'openai', baseUrl: 'https://x.example.com' } as const
  assert.equal(costOf(openai, ['gpt-4o-2024-08-06', 'gpt-5-nano'], usage)?.usdMicros, 3_500)
})

test('a prompt that is longer than its price holds for is charged what is known, and says that it cost more', () => {
  const openai = { kind: 'openai', baseUrl: 'https://x.example.com' } as const
  const cost = costOf(openai, ['gpt-5.4'], { inputTokens: 300_000, outputTokens: 0, estimated: false })
  assert.deepEqual([cost?.usdMicros, cost?.clamped], [750_000, true])
  assert.equal(costOf(openai, ['gpt-5.4'], usage)?.clamped, undefined)
})
