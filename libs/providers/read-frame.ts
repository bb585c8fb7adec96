import { isObject, type Json, type JsonObject, listOf } from './json.ts'
import { readTexts } from './read-texts.ts'
import { frameJson, mayHave, type SseFrame } from './sse.ts'
import type { FrameText, TextPart, Unscanned } from './text-part.ts'
import type { WireFormat } from './wire-format.ts'

/** All that one frame of a stream says. */
export type ReadFrame = {
  /** Pieces and repetitions of the response's strings. */
  texts: FrameText[]
  /** Every other string, and names of members: ids, fields that no format knows. They come at once. */
  asides: TextPart[]
  unscanned: Unscanned[]
  /** The frame is one that was read before, but for the piece of text that it brings. */
  isKnown: boolean
}

/** Reads the frames of one stream, in order. */
export type FrameReader = (frame: SseFrame) => ReadFrame

/** Frames differ in their piece of text and little else; so many kinds of them are remembered. */
const maxEnvelopes = 64

const nothing: ReadFrame = { texts: [], asides: [], unscanned: [], isKnown: false }

export function createFrameReader(format: WireFormat): FrameReader {
  const envelopes = new Set<string>()
  const signed = new Set<string>()

  return (frame) => {
    const json = frameJson(frame)
    if (!json) return nothing
    const texts = format.frameTexts(frame)
    for (const prefix of format.signedBy?.(frame) ?? []) signed.add(prefix)
    if (signed.size > 0) for (const text of texts) if (isWithin(text, signed)) text.fixed = 'signed'
    const envelope = envelopeOf(frame.data, texts)
    if (envelope !== undefined && envelopes.has(envelope))
      return { texts, asides: [], unscanned: [], isKnown: true }

    const byPath = new Map(texts.map((text) => [text.path, text]))
    const known = texts.map(
      ({ path, text, kind, fixed }): TextPart => ({
        ...{ path, text, role: 'assistant', kind },
        ...(fixed && { fixed }),
      }),
    )
    const read = readTexts(json, known, format.opaqueInFrames, frame.data)
    const asides: TextPart[] = []
    const found: FrameText[] = []
    for (const part of read.texts) {
      const text = part.encode ? undefined : byPath.get(part.path)
      if (!text) asides.push(part)
      else found.push(part.fixed === 'signed' ? { ...text, fixed: 'signed' } : text)
    }
    if (envelope !== undefined && found.length === 1) {
      if (envelopes.size >= maxEnvelopes) envelopes.clear()
      envelopes.add(envelope)
    }
    return { texts: found, asides, unscanned: read.unscanned, isKnown: false }
  }
}

function isWithin({ channel }: FrameText, prefixes: ReadonlySet<string>): boolean {
  for (const prefix of prefixes) if (channel.startsWith(prefix)) return true
  return false
}

/**
 * A frame without its one piece of text: frames that are equal in this have the same strings in the same places. Undefined where
 * there is not one piece, or it is written with other escapes than ours.
 */
function envelopeOf(data: string, texts: readonly FrameText[]): string | undefined {
  const [piece] = texts
  if (!piece || texts.length !== 1 || piece.whole) return undefined
  const written = JSON.stringify(piece.text)
  const at = data.indexOf(written)
  if (at === -1) return undefined
  const before = data.slice(0, at).replace(/"sequence_number":\d{1,15}/, '"sequence_number":0')
  return `${before}\n${data.slice(at + written.length)}`
}

/** What log probabilities of a frame spell out, in order. */
export function spelledOut({ data }: SseFrame, json: JsonObject): string {
  if (!mayHave(data, 'logprobs')) return ''
  const tokens: string[] = []
  visit(json, false)
  return tokens.join('')

  function visit(value: Json | undefined, isWithin: boolean): void {
    if (Array.isArray(value)) for (const element of value) visit(element, isWithin)
    else if (isObject(value)) {
      if (isWithin && typeof value.token === 'string') tokens.push(value.token)
      if (isWithin) for (const token of listOf(value.tokens)) tokens.push(String(token))
      for (const key in value)
        if (key !== 'top_logprobs' && typeof value[key] === 'object')
          visit(value[key], isWithin || key === 'logprobs')
    }
  }
}
