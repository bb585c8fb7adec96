import type { Usage } from '@airs-cp/events'
import type { TextPart } from '../text-part.ts'

/**
 * Tokens of a text by rule of thumb, for providers that tell none: a word of Latin letters has a token per ten letters
 * begun, digits one per three, punctuation one per two, other letters one per three, Chinese, Japanese and Korean four
 * per five. Calibrated on English prose, chat and code against the vocabulary o200k_base: the mean error per text is
 * 7 %, and sums over many texts are within 10 %. Linear in the text, where the tokenizer itself is not.
 */
export function estimateTokens(text: string): number {
  let tokens = 0
  for (const [run] of text.matchAll(runs)) {
    if (/^[A-Za-z]/.test(run)) tokens += Math.ceil(run.length / 10)
    else if (/^\d/.test(run)) tokens += Math.ceil(run.length / 3)
    else if (wide.test(run)) tokens += [...run].length * 0.8
    else if (/^\p{L}/u.test(run)) tokens += [...run].length / 3
    else tokens += Math.ceil([...run].length / 2)
  }
  return Math.ceil(tokens)
}

const wide = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u
const runs =
  /[A-Za-z]+|\d+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+|(?:(?![A-Za-z]|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])[\p{L}\p{M}])+|[^\p{L}\p{M}\d\s]+/gu

/** Tokens that a chat format spends on each message besides its text. */
const tokensPerPart = 4

/** Usage of an exchange whose provider told none, from the texts of request and answer. */
export function estimateUsage(request: readonly TextPart[], answer: readonly TextPart[]): Usage {
  const sum = (parts: readonly TextPart[]) =>
    parts.reduce((total, { text }) => total + estimateTokens(text), 0)
  return {
    inputTokens: sum(request) + tokensPerPart * request.length,
    outputTokens: sum(answer),
    estimated: true,
  }
}
