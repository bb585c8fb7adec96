import type { Usage } from '@airs-cp/events'
import type { TextPart } from '../text-part.ts'

/**
 * Tokens of a text by rule of thumb, for providers that tell none: a word of Latin letters or a run of digits has a token
 * per four characters begun, a run of punctuation one per two, other letters one per two, and each Chinese, Japanese or
 * Korean character one. Against byte-pair tokenizers this is within some tens of per cent, not more; whoever is billed
 * by it should know that.
 */
export function estimateTokens(text: string): number {
  let tokens = 0
  for (const [run] of text.matchAll(runs)) {
    if (/^[A-Za-z0-9]/.test(run)) tokens += Math.ceil(run.length / 4)
    else if (wide.test(run)) tokens += [...run].length
    else tokens += Math.ceil([...run].length / 2)
  }
  return tokens
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
