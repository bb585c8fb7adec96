import { openTokenTexts, type TokenTexts } from './token-texts.ts'

/** The vocabularies of OpenAI's models that take token ids, by the beginning of their names. */
const families: [RegExp, string][] = [
  [/^(?:gpt-4o|gpt-4\.|gpt-5|o\d|chatgpt-4o|gpt-oss)/, 'o200k_base'],
  [/^(?:text-embedding-|gpt-4|gpt-3\.5|davinci-002|babbage-002)/, 'cl100k_base'],
  [/^(?:text-davinci-00[23]|code-)/, 'p50k_base'],
  [/^(?:text-|davinci|curie|babbage|ada)/, 'r50k_base'],
]

const vocabularies = new Map<string, TokenTexts>()

/**
 * Reads the vocabularies, one in each turn, before there is traffic. Without it the first request with token ids of each
 * vocabulary holds up the others while it is read.
 */
export async function readTokenVocabularies(): Promise<void> {
  for (const [, name] of families) {
    vocabularyOf(name)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The text of token ids; undefined where the model's vocabulary is not known, or has no such token. */
export function decodeTokens(tokens: readonly number[], model: string): string | undefined {
  const name = families.find(([models]) => models.test(model.slice(model.lastIndexOf('/') + 1)))?.[1]
  if (name === undefined) return undefined
  const vocabulary = vocabularyOf(name)
  const parts: Buffer[] = []
  for (const token of tokens) {
    const part = vocabulary.bytesOf(token)
    if (!part) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function vocabularyOf(name: string): TokenTexts {
  const known = vocabularies.get(name) ?? openTokenTexts(name)
  vocabularies.set(name, known)
  return known
}
