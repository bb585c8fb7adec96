import { createRequire } from 'node:module'

/** The vocabularies of OpenAI's models that take token ids, by the beginning of their names. */
const families: [RegExp, string][] = [
  [/^(?:gpt-4o|gpt-4\.|gpt-5|o\d|chatgpt-4o|gpt-oss)/, 'o200k_base'],
  [/^(?:text-embedding-|gpt-4|gpt-3\.5|davinci-002|babbage-002)/, 'cl100k_base'],
  [/^(?:text-davinci-00[23]|code-)/, 'p50k_base'],
  [/^(?:text-|davinci|curie|babbage|ada)/, 'r50k_base'],
]

const vocabularies = new Map<string, (Buffer | undefined)[]>()

/** The text of token ids; undefined where the model's vocabulary is not known, or has no such token. The first call for a vocabulary takes some 50 ms. */
export function decodeTokens(tokens: readonly number[], model: string): string | undefined {
  const name = families.find(([models]) => models.test(model.slice(model.lastIndexOf('/') + 1)))?.[1]
  if (name === undefined) return undefined
  let vocabulary = vocabularies.get(name)
  if (!vocabulary) {
    vocabulary = readVocabulary(name)
    vocabularies.set(name, vocabulary)
  }
  const parts: Buffer[] = []
  for (const token of tokens) {
    const part = vocabulary[token]
    if (!part) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** Lines of `! FIRST-RANK TOKEN TOKEN …`, tokens in base64. */
function readVocabulary(name: string): (Buffer | undefined)[] {
  const { bpe_ranks, special_tokens } = createRequire(import.meta.url)(`js-tiktoken/ranks/${name}`) as {
    bpe_ranks: string
    special_tokens: Record<string, number>
  }
  const byRank: (Buffer | undefined)[] = []
  for (const line of bpe_ranks.split('\n')) {
    const [, first, ...tokens] = line.split(' ')
    for (const [index, token] of tokens.entries())
      byRank[Number(first) + index] = Buffer.from(token, 'base64')
  }
  for (const [text, rank] of Object.entries(special_tokens)) byRank[rank] = Buffer.from(text)
  return byRank
}
