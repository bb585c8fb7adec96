import { atOnce } from '@airs-cp/events'
import { beginsAsJson, restoreText } from '@airs-cp/policy-engine'
import {
  readResponseTexts,
  rewriteResponse,
  rewriteStream,
  type TextEdit,
  type WireFormat,
} from '@airs-cp/providers'
import type { Relayed } from '../exchange.ts'
import { readPlain, readStream } from './read-response.ts'

/**
 * Puts back into a response that was held whole what reversible policies took out of its request. One that cannot be read or rewritten keeps its placeholders, and so does an
 * response that has none: undefined.
 */
export function restoreResponse(
  format: WireFormat,
  { stream }: Relayed,
  body: Buffer,
  restorations: ReadonlyMap<string, string>,
): Buffer | undefined {
  try {
    const read = atOnce(stream ? readStream(format, body) : readPlain(format, body, undefined))
    if (!read.json) return undefined
    const { texts } = readResponseTexts(format, read.json)
    const edits: TextEdit[] = texts.flatMap(({ path, text, fixed }) => {
      if (fixed) return []
      const isJson = format.isJsonText(path) || beginsAsJson(text) === true
      const restored = restoreText(text, restorations, isJson)
      return restored === text ? [] : [{ path, text: restored }]
    })
    if (edits.length === 0) return undefined
    return read.frames
      ? Buffer.concat(rewriteStream(format, read.frames, texts, edits).map(({ raw }) => raw))
      : Buffer.from(rewriteResponse(format, read.written, texts, edits))
  } catch {
    return undefined
  }
}
