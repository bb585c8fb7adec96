import { createHash } from 'node:crypto'
import { type JsonObject, stringOf } from '../json.ts'

/** The response to an embeddings request: a unit vector per input, taken from the input's hash. */
export function mockEmbeddings(body: JsonObject): JsonObject {
  const inputs = embeddingInputs(body.input)
  const dimensions = typeof body.dimensions === 'number' ? Math.min(Math.max(body.dimensions, 1), 4096) : 1536
  const asBase64 = body.encoding_format === 'base64'
  const tokens = inputs.reduce((sum, input) => sum + Math.ceil(input.length / 4), 0)
  return {
    object: 'list',
    data: inputs.map((input, index) => {
      const vector = unitVector(input, Math.floor(dimensions))
      const embedding = asBase64 ? Buffer.from(vector.buffer).toString('base64') : [...vector]
      return { object: 'embedding', index, embedding }
    }),
    model: stringOf(body.model) ?? 'mock',
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

/** One string, many strings, one list of tokens, or many of them. */
function embeddingInputs(input: unknown): string[] {
  if (!Array.isArray(input)) return [stringOf(input) ?? '']
  if (typeof input[0] === 'number') return [JSON.stringify(input)]
  return input.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
}

function unitVector(input: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  let squares = 0
  for (let block = 0; block * 16 < dimensions; block++) {
    const digest = createHash('sha256').update(`${block}:${input}`).digest()
    for (let at = 0; at < 16 && block * 16 + at < dimensions; at++) {
      const value = digest.readInt16BE(at * 2) / 32768
      vector[block * 16 + at] = value
      squares += value * value
    }
  }
  const length = Math.sqrt(squares) || 1
  return vector.map((value) => value / length)
}
