import assert from 'node:assert/strict'
import { test } from 'node:test'
import { costUsdMicros, findPrice, priceTable } from './cost.ts'

const usage = { inputTokens: 1000, outputTokens: 100, estimated: false }

test('cost is tokens times price, cached tokens at their own', () => {
  assert.equal(costUsdMicros(findPrice('openai', 'gpt-4o'), usage), 3500)
  assert.equal(
    costUsdMicros(findPrice('azure', 'gpt-4o-2024-08-06'), { ...usage, cachedInputTokens: 800 }),
    2500,
  )
  assert.equal(
    costUsdMicros(findPrice('anthropic', 'claude-haiku-4-5-20251001'), {
      ...usage,
      cacheWriteInputTokens: 400,
    }),
    600 + 500 + 500,
  )
  assert.equal(costUsdMicros(findPrice('openai', 'gpt-5-nano'), { inputTokens: 7, estimated: true }), 0)
})

test('what is not known has no cost', () => {
  assert.equal(costUsdMicros(findPrice('openai', 'gpt-99'), usage), undefined)
  assert.equal(costUsdMicros(findPrice('ollama', 'gpt-4o'), usage), undefined)
  assert.equal(costUsdMicros(findPrice('openai', 'gpt-4o'), { estimated: false }), undefined)
  assert.equal(findPrice('openai', 'constructor'), undefined)
})

test('a prompt that is longer than the price holds for cost that at least', () => {
  const longer = { ...usage, inputTokens: 300_000, outputTokens: 0 }
  assert.equal(costUsdMicros(findPrice('openai', 'gpt-5.4'), longer), 750_000)
})

test('the table is sound', () => {
  assert.match(priceTable.date, /^\d{4}-\d{2}-\d{2}$/)
  for (const { kinds, sources, prices } of priceTable.providers) {
    assert.ok(sources.every((source) => URL.canParse(source)))
    const models = prices.flatMap((price) => price.models)
    assert.equal(new Set(models).size, models.length, `${kinds}: a model has two prices`)
    for (const { input, output, cachedInput = input, cacheWrite = input } of prices) {
      assert.ok(input > 0 && output >= 0 && cachedInput <= input && cacheWrite >= input)
    }
  }
})
