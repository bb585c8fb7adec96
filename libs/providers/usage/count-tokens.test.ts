import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Tiktoken } from 'js-tiktoken/lite'
import o200k from 'js-tiktoken/ranks/o200k_base'
import { countTokens } from './count-tokens.ts'

const reference = new Tiktoken(o200k)

test('tokens are counted as the tokenizer of reference counts them', () => {
  const words = fc.array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.constantFrom(
        ' the',
        "they'LL",
        '  \n\n',
        '\t',
        ' naïveté',
        '漢字かな',
        '123456',
        '{"a": [',
        'ÅNGSTRÖM',
        '👩‍👩‍👧',
      ),
      fc.stringMatching(/^[A-Za-z]{0,60}$/),
    ),
    { maxLength: 12 },
  )
  fc.assert(
    fc.property(words, fc.boolean(), (parts, asciiOnly) => {
      const text = parts.filter((part) => !asciiOnly || !/[^ -~\s]/.test(part)).join('')
      const pieces = [...text.matchAll(new RegExp(o200k.pat_str, 'gu'))]
      fc.pre(pieces.every(([piece]) => Buffer.byteLength(piece) <= 64))
      assert.equal(countTokens(text), reference.encode(text, [], []).length)
    }),
    { numRuns: 500 },
  )
})

test('a run without spaces is counted in the time of its length, and nearly right', () => {
  const text = 'Donaudampfschifffahrtsgesellschaft'.repeat(100)
  const ratio = countTokens(text) / reference.encode(text, [], []).length
  assert.ok(ratio > 0.95 && ratio < 1.05, `${ratio}`)
  for (const run of [
    'x'.repeat(1e6),
    '漢'.repeat(3e5),
    ' '.repeat(1e6),
    '\n'.repeat(1e6),
    '!'.repeat(1e6),
    '😀'.repeat(2e5),
  ])
    assert.ok(countTokens(run) > 1_000)
})
