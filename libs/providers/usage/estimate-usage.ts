import { countTokens } from './count-tokens.ts'

/** Texts up to this many characters are counted whole; of longer ones samples, taken evenly, stand for the rest. */
const countedCharacters = 16 * 1024
const sampleCharacters = 512

/** Tokens that a chat format spends on each message besides its text. */
const tokensPerText = 4

/**
 * Tokens of some texts together, by the vocabulary o200k_base. Providers with another tokenizer count otherwise, as a
 * rule within a fifth. Time is bounded however long the texts are.
 */
export function estimateTokens(texts: readonly string[]): number {
  const characters = texts.reduce((total, text) => total + text.length, 0)
  if (characters <= countedCharacters) return texts.reduce((total, text) => total + countTokens(text), 0)
  const stride = (characters * sampleCharacters) / countedCharacters
  let sampled = 0
  let tokens = 0
  let next = 0
  let before = 0
  for (const text of texts) {
    for (; next < before + text.length; next += stride) {
      const at = Math.floor(next - before)
      const sample = text.slice(at, at + sampleCharacters)
      tokens += countTokens(sample)
      sampled += sample.length
    }
    before += text.length
  }
  return Math.round((tokens * characters) / sampled)
}

/** Tokens of a request's texts, with what its format adds to each. */
export function estimateInputTokens(texts: readonly { text: string }[]): number {
  return estimateTokens(texts.map(({ text }) => text)) + tokensPerText * texts.length
}
