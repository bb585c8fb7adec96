import { gunzipSync, gzipSync } from 'node:zlib'
import { tableSize } from './features.ts'

/**
 * Scores are of windows of so many words; one begins every `stride` words. A long text has many narrow windows, of which the
 * highest counts, so what they score is less by `handicap` than what a wide one does.
 */
export type ModelWindow = { words: number; stride: number; handicap: number }

/** A linear model over hashed features. */
export type InjectionModel = {
  bias: number
  /** Wide and narrow ones. */
  windows: readonly ModelWindow[]
  /** A weight is its integer times this. */
  weightScale: number
  /** A window's weights are summed and divided by its number of words (no less than `leastWords`) to this power. */
  lengthPower: number
  leastWords: number
  /** The score whose confidence is one half, and how fast confidence rises with the score. */
  threshold: number
  steepness: number
  weights: Int8Array
}

const format = 'airs-injection-model-3'

/** A JSON header, a line end, the weights; compressed. */
export function encodeModel(model: InjectionModel): Buffer {
  const { weights, ...header } = model
  const head = Buffer.from(`${JSON.stringify({ format, tableSize, ...header })}\n`)
  return gzipSync(Buffer.concat([head, Buffer.from(weights.buffer, weights.byteOffset, weights.length)]), {
    level: 9,
  })
}

/** @throws when the file is of another format or another size of table. */
export function decodeModel(file: Buffer): InjectionModel {
  const bytes = gunzipSync(file)
  const lineEnd = bytes.indexOf(10)
  const header = JSON.parse(bytes.toString('utf8', 0, lineEnd))
  const weights = new Int8Array(bytes.buffer, bytes.byteOffset + lineEnd + 1, bytes.length - lineEnd - 1)
  if (header.format !== format || weights.length !== tableSize)
    throw new Error(
      `Not an injection model of this version: format ${header.format}, ${weights.length} weights`,
    )
  return { ...header, weights }
}
