import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openaiChat } from '../formats/openai-chat/format.ts'
import { readFrame, sseText } from '../sse.ts'
import { countTokens } from './count-tokens.ts'
import { estimateInputTokens, estimateTokens } from './estimate-usage.ts'
import { createStreamTokenCounter } from './stream-token-counter.ts'

const prose = 'The quick brown fox jumps over the lazy dog, and 1234 others (of them) do not. Naïve? Ça va!\n'

test('short texts are counted', () => {
  assert.equal(estimateTokens([]), 0)
  assert.equal(estimateTokens([prose, prose]), 2 * countTokens(prose))
  assert.equal(estimateInputTokens([{ text: 'Hello' }, { text: 'you' }]), 1 + 1 + 8)
})

test('of long texts a sample stands for the rest, however they are divided', () => {
  const exact = countTokens(prose)
  for (const texts of [[prose.repeat(20_000)], Array(20_000).fill(prose), ['', prose.repeat(9_000), prose]]) {
    const lines = texts.join('').length / prose.length
    const ratio = estimateTokens(texts) / (exact * lines)
    assert.ok(ratio > 0.97 && ratio < 1.03, `${ratio}`)
  }
})

function streamed(pieces: { index: number; text: string }[]): number {
  const counter = createStreamTokenCounter(openaiChat)
  for (const { index, text } of pieces)
    counter.push(readFrame(Buffer.from(sseText({ choices: [{ index, delta: { content: text } }] }))))
  return counter.tokens()
}

test('a stream is counted as its text is, however it is cut and whatever stands between', () => {
  const words = fc.array(fc.constantFrom(' the', ' naïveté', ' 12', ', ', '漢字', 'tion', '\n\n'), {
    maxLength: 40,
  })
  fc.assert(
    fc.property(words, words, fc.nat({ max: 6 }), (one, other, size) => {
      const pieces = [one.join(''), other.join('')].flatMap((text, index) =>
        (text.match(new RegExp(`.{1,${size + 1}}`, 'gsu')) ?? []).map((piece) => ({ index, text: piece })),
      )
      const mixed = pieces.toSorted((a, b) => a.text.length - b.text.length || 0)
      const texts = [0, 1].map((index) =>
        mixed
          .filter((it) => it.index === index)
          .map(({ text }) => text)
          .join(''),
      )
      assert.equal(streamed(mixed), countTokens(texts[0]!) + countTokens(texts[1]!))
    }),
  )
})

test('a long stream is counted nearly right', () => {
  const text = prose.repeat(5_000)
  const pieces = (text.match(/.{1,100}/gs) ?? []).map((piece) => ({ index: 0, text: piece }))
  const ratio = streamed(pieces) / (countTokens(prose) * 5_000)
  assert.ok(ratio > 0.97 && ratio < 1.03, `${ratio}`)
})
