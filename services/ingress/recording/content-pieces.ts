import { isUtf8 } from 'node:buffer'
import { type ContentReference, type RecordedBody, type RecordedContent, sha256Hex } from '@airs-cp/events'

/** A body up to this size stands in its event; a larger one is recorded by reference. */
export const inlineBytes = 48 * 1024
/** Largest piece that one `content-recorded` event holds, so that even in base64 the event fits into a message. */
export const pieceBytes = 384 * 1024
/** A string within a JSON body from this size on is a piece of its own. */
const partBytes = 16 * 1024
/** Of a body with more, the pieces are as large as they may be, so that its event does not grow with them. */
export const mostParts = 1_000

/** Records a piece of a body and returns its reference. */
export type StoreContent = (content: RecordedContent) => ContentReference

/** The data of a `content-recorded` event. Text stays text unless escaping would make it longer than base64. */
export function contentOf(bytes: Buffer): RecordedContent {
  const base = { sha256: sha256Hex(bytes), bytes: bytes.length }
  if (isUtf8(bytes)) {
    const text = bytes.toString('utf8')
    if (JSON.stringify(text).length <= bytes.length * 1.4) return { ...base, text }
  }
  return { ...base, base64: bytes.toString('base64') }
}

/**
 * Records a JSON body of any size. Over the inline limit its long strings (images, documents) are recorded by
 * reference, so that a conversation that repeats them records them once; what is left stays text where it is short.
 */
export function recordLargeBody(bytes: Buffer, mediaType: string, store: StoreContent): RecordedBody {
  const parts: (string | ContentReference)[] = []
  let inlineLeft = inlineBytes
  const add = (from: number, to: number, asText: boolean) => {
    if (asText && to - from <= inlineLeft && isUtf8(bytes.subarray(from, to))) {
      inlineLeft -= to - from
      if (to > from) parts.push(bytes.toString('utf8', from, to))
    } else for (const piece of cut(bytes.subarray(from, to))) parts.push(store(contentOf(piece)))
  }
  let at = 0
  for (const [from, to] of longStrings(bytes)) {
    add(at, from, true)
    add(from, to, false)
    at = to
  }
  add(at, bytes.length, true)
  const base = { mediaType, bytes: bytes.length, sha256: sha256Hex(bytes) }
  if (parts.length <= mostParts) return { ...base, parts }
  return { ...base, parts: [...cut(bytes)].map((piece) => store(contentOf(piece))) }
}

/** Cuts into pieces of at most `pieceBytes`, never within a UTF-8 character of valid text. */
export function* cut(bytes: Buffer): Generator<Buffer> {
  let from = 0
  while (from < bytes.length) {
    let to = Math.min(from + pieceBytes, bytes.length)
    if (to < bytes.length) to = characterStart(bytes, to)
    yield bytes.subarray(from, to)
    from = to
  }
}

/** The nearest start of a UTF-8 character at or before `at`; `at` itself where the bytes are no UTF-8. */
export function characterStart(bytes: Buffer, at: number): number {
  for (let back = 0; back < 4 && at - back > 0; back++)
    if ((bytes[at - back]! & 0xc0) !== 0x80) return at - back
  return at
}

/** Contents (without quotes) of the string literals of a JSON text that are at least `partBytes` long. */
function* longStrings(bytes: Buffer): Generator<[from: number, to: number]> {
  const quote = 0x22
  const backslash = 0x5c
  let open = bytes.indexOf(quote)
  while (open >= 0) {
    let close = bytes.indexOf(quote, open + 1)
    while (close > 0 && isEscaped(bytes, close, backslash)) close = bytes.indexOf(quote, close + 1)
    if (close < 0) return
    if (close - open > partBytes) yield [open + 1, close]
    open = bytes.indexOf(quote, close + 1)
  }
}

function isEscaped(bytes: Buffer, at: number, backslash: number): boolean {
  let slashes = 0
  while (bytes[at - 1 - slashes] === backslash) slashes++
  return slashes % 2 === 1
}
