import { isObject, type Json, type JsonObject, listOf } from './json.ts'
import { alternativeFields, logprobsFields } from './read-logprobs.ts'
import { type RequestSays, readTexts } from './read-texts.ts'
import { frameJson, longCharacters, type SseFrame } from './sse.ts'
import type { FrameText, TextPart, Unscanned } from './text-part.ts'
import type { WireFormat } from './wire-format.ts'

/** All that one frame of a stream says. */
export type ReadFrame = {
  /** Pieces and repetitions of the response's strings. */
  texts: FrameText[]
  /** Every other string, and names of members: ids, fields that no format knows. They come at once. */
  asides: TextPart[]
  unscanned: Unscanned[]
  /** It is like one that was read before and does nothing but bring a piece of text. */
  isPlain: boolean
  /** To be called where something in it beside that piece is changed: frames like it are read in full then. */
  isChangedBeside?: () => void
}

/** Reads the frames of one stream, in order. */
export type FrameReader = (frame: SseFrame) => ReadFrame

/** Frames differ in their piece of text and little else; so many kinds of them are remembered, none of a long one. */
const maxEnvelopes = 64

const nothing: ReadFrame = { texts: [], asides: [], unscanned: [], isPlain: false }

export function createFrameReader(format: WireFormat, requestSays?: RequestSays): FrameReader {
  const envelopes = new Set<string>()
  const signed = new Set<string>()

  return (frame) => {
    const json = frameJson(frame)
    if (!json) return nothing
    const texts = format.frameTexts(frame)
    for (const prefix of format.signedBy?.(frame) ?? []) signed.add(prefix)
    if (signed.size > 0) for (const text of texts) if (isWithin(text, signed)) text.fixed = 'signed'
    const padding = typeof json.obfuscation === 'string' ? json.obfuscation : undefined
    const envelope = envelopeOf(frame.data, texts, padding)
    if (envelope !== undefined && envelopes.has(envelope)) {
      const asides = padding ? [{ ...paddingPart, text: padding }] : []
      return { texts, asides, unscanned: [], isPlain: true }
    }

    const byPath = new Map(texts.map((text) => [text.path, text]))
    const known = texts.map(
      ({ path, text, kind, fixed, whole }): TextPart => ({
        ...{ path, text, role: 'assistant', kind },
        ...(fixed && { fixed }),
        ...(!whole && { isPiece: true as const }),
      }),
    )
    const read = readTexts(json, known, format.opaqueInFrames, frame.data, requestSays)
    const asides: TextPart[] = []
    const found: FrameText[] = []
    for (const part of read.texts) {
      const text = byPath.get(part.path)
      // One that was decoded is no longer the string that came.
      if (text?.text !== part.text) asides.push(part)
      else found.push(part.fixed === 'signed' ? { ...text, fixed: 'signed' } : text)
    }
    const { unscanned } = read
    if (envelope === undefined || found.length !== 1 || !doesNothingElse(format, frame))
      return { texts: found, asides, unscanned, isPlain: false }
    if (envelopes.size >= maxEnvelopes) envelopes.clear()
    envelopes.add(envelope)
    const isChangedBeside = () => void envelopes.delete(envelope)
    return { texts: found, asides, unscanned, isPlain: false, isChangedBeside }
  }
}

function isWithin({ channel }: FrameText, prefixes: ReadonlySet<string>): boolean {
  for (const prefix of prefixes) if (channel.startsWith(prefix)) return true
  return false
}

/** It begins and completes nothing, and has no log probabilities or annotations, which depend on other text. */
function doesNothingElse(format: WireFormat, frame: SseFrame): boolean {
  const ends = [
    ...format.completedBy(frame),
    ...format.mayBeCompletedBy(frame),
    ...format.reportedCalls(frame),
  ]
  return ends.length === 0 && !depends.test(frame.data)
}

const depends = /"(?:logprobs(?:Result)?|annotations?)"\s*:\s*(?!null|\[\])|\\u/

/**
 * A frame without its one piece of text and its padding: frames that are equal in this have the same strings in the same places.
 * Undefined where there is not one piece, or it is written with other escapes than ours.
 */
function envelopeOf(
  data: string,
  texts: readonly FrameText[],
  padding: string | undefined,
): string | undefined {
  const [piece] = texts
  if (!piece || texts.length !== 1 || piece.whole || data.length > longCharacters) return undefined
  const written = JSON.stringify(piece.text)
  const at = data.indexOf(written)
  if (at === -1) return undefined
  const before = data.slice(0, at)
  const after = data.slice(at + written.length)
  const numbered = before.startsWith('{"type":') ? before.replace(sequence, '"sequence_number":0') : before
  if (padding === undefined) return `${numbered}\n${after}`
  const padded = `"obfuscation":${JSON.stringify(padding)}`
  const [place, rest] = [after.indexOf(padded), padded.length]
  return place === -1 ? undefined : `${numbered}\n${after.slice(0, place)}\n${after.slice(place + rest)}`
}

const sequence = /"sequence_number":\d{1,15}/

const paddingPart = { path: '/obfuscation', role: 'unknown', kind: 'unknown' } as const

const spells = /logprobs(?:Result)?"\s*:\s*[^n\s]|\\u/

/** Whether log probabilities of a frame, if it has any, spell out nothing but its own pieces of text. */
export function spellsOwn(frame: SseFrame, json: JsonObject, texts: readonly { text: string }[]): boolean {
  const spelled = spelledOut(frame, json)
  if (spelled === '') return true
  let own = ''
  for (const { text } of texts) own += text
  return own.includes(spelled)
}

/** What log probabilities of a frame spell out, in order. */
function spelledOut({ data }: SseFrame, json: JsonObject): string {
  if (!spells.test(data)) return ''
  const tokens: string[] = []
  visit(json, false)
  return tokens.join('')

  function visit(value: Json | undefined, isWithin: boolean): void {
    if (Array.isArray(value)) for (const element of value) visit(element, isWithin)
    else if (isObject(value)) {
      if (isWithin && typeof value.token === 'string') tokens.push(value.token)
      if (isWithin) for (const token of listOf(value.tokens)) tokens.push(String(token))
      for (const key in value)
        if (!alternativeFields.has(key) && typeof value[key] === 'object')
          visit(value[key], isWithin || logprobsFields.has(key))
    }
  }
}
