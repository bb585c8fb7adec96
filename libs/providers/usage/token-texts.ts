import { createRequire } from 'node:module'

/** The texts of the tokens of one vocabulary. */
export type TokenTexts = {
  /** Undefined where it has no such token. */
  bytesOf(token: number): Buffer | undefined
}

/** Tokens that follow each other, in base64 with a space before each; where each begins. */
type Run = { first: number; text: string; starts: Uint32Array }

/**
 * Reads a vocabulary of js-tiktoken. Tokens stay in base64 until they are asked for: 200,000 buffers would take a second to make
 * on a busy machine, and 20 MB.
 */
export function openTokenTexts(name: string): TokenTexts {
  const { bpe_ranks, special_tokens } = createRequire(import.meta.url)(`js-tiktoken/ranks/${name}`) as {
    bpe_ranks: string
    special_tokens: Record<string, number>
  }
  const runs = bpe_ranks.split('\n').map(runOf)
  const special = new Map(Object.entries(special_tokens).map(([text, token]) => [token, text]))
  return {
    bytesOf(token) {
      for (const { first, text, starts } of runs) {
        const start = starts[token - first]
        if (start === undefined) continue
        return Buffer.from(text.slice(start, (starts[token - first + 1] ?? text.length + 1) - 1), 'base64')
      }
      const text = special.get(token)
      return text === undefined ? undefined : Buffer.from(text)
    },
  }
}

/** A line: `! FIRST TOKEN TOKEN …`. */
function runOf(line: string): Run {
  const [, first = '0'] = line.split(' ', 2)
  const text = line.slice(first.length + 2)
  const starts = new Uint32Array(text.length / 2)
  let count = 0
  for (let at = text.indexOf(' '); at >= 0; at = text.indexOf(' ', at + 1)) starts[count++] = at + 1
  return { first: Number(first), text, starts: starts.slice(0, count) }
}
