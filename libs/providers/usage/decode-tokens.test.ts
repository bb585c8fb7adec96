import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Tiktoken } from 'js-tiktoken/lite'
import p50k from 'js-tiktoken/ranks/p50k_base'
import r50k from 'js-tiktoken/ranks/r50k_base'
import { decodeTokens, readTokenVocabularies } from './decode-tokens.ts'

test('tokens read as the library of their vocabulary reads them, special ones too', () => {
  for (const [model, ranks] of [
    ['davinci', r50k],
    ['code-davinci-002', p50k],
  ] as const) {
    const library = new Tiktoken(ranks)
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        assert.equal(decodeTokens(library.encode(text, [], []), model), text.toWellFormed())
      }),
      { numRuns: 100 },
    )
    const { '<|endoftext|>': end } = ranks.special_tokens as Record<string, number>
    assert.equal(decodeTokens([end!], model), '<|endoftext|>')
  }
})

test('each token of a vocabulary has a text, up to the last; others have none', () => {
  assert.equal(decodeTokens([0], 'gpt-4o'), '!')
  assert.equal(decodeTokens([199_997], 'gpt-4o'), ' cocos')
  assert.equal(decodeTokens([10_000_000], 'gpt-4o'), undefined)
  assert.equal(decodeTokens([-1], 'gpt-4o'), undefined)
  assert.equal(decodeTokens([0.5], 'gpt-4o'), undefined)
})

test('what was read ahead is read the same', async () => {
  await readTokenVocabularies()
  assert.equal(decodeTokens([15339, 1917], 'gpt-4'), 'hello world')
})

test('a model whose vocabulary is not known is not decoded', () => {
  assert.equal(decodeTokens([1], 'claude-opus-4'), undefined)
})
