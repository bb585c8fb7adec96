import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import {
  type ContentParts,
  type ContentReference,
  cutBytes,
  indexOfByte,
  pieceBytes,
  type RecordedBody,
  type Slices,
  sha256Hex,
  writeContent,
} from '@airs-cp/events'
import type { EventText } from '@airs-cp/journal'

/** A body up to this size stands in its event; a larger one is recorded by reference. */
export const inlineBytes = 48 * 1024
/** A string within a JSON body from this size on is a piece of its own. */
const partBytes = 16 * 1024
/** So much is digested, or looked through, in a millisecond or two. */
const sliceBytes = 256 * 1024
/** Of a body with more, the pieces are as large as they may be, so that its event does not grow with them. */
export const mostParts = 1_000

/** A piece of a body. It is written as JSON only where it is recorded, which one that is known is not. */
export type Piece = ContentReference & { data: Buffer; json(): EventText }

/** @param parts what it is made of, where some of it is recorded already. */
export function pieceOf(data: Buffer, parts?: ContentParts): Piece {
  const reference = { sha256: sha256Hex(data), bytes: data.length }
  const json = parts
    ? () => JSON.stringify({ ...reference, parts })
    : () => writeContent(data, reference.sha256)
  return { ...reference, data, json }
}

/** Records a piece of a body and returns its reference. */
export type StoreContent = (piece: Piece) => ContentReference
/** Text is cut smaller than what has to be: where bodies repeat each other, less is recorded again. */
const textBytes = 32 * 1024

/**
 * Records a JSON body of any size. Over the inline limit its long strings (images, documents) are recorded by
 * reference, so that whoever repeats them records them once; what is left stays text where it is short.
 * @param storeText records a piece of what is left.
 */
export function* largeBodyInSlices(
  bytes: Buffer,
  mediaType: string,
  store: StoreContent,
  storeText = store,
): Slices<RecordedBody> {
  const parts: (string | ContentReference)[] = []
  const recorded: RecordedParts = { bytes, parts, inlineLeft: inlineBytes }
  let at = 0
  for (const string of longStrings(bytes)) {
    if (string === undefined) {
      yield
      continue
    }
    const [from, to] = string
    yield* addText(recorded, at, from, storeText)
    yield* addPieces(recorded, from, to, pieceBytes, store)
    at = to
  }
  yield* addText(recorded, at, bytes.length, storeText)
  const base = { mediaType, bytes: bytes.length, sha256: yield* digestInSlices(bytes) }
  if (parts.length <= mostParts) return { ...base, parts }
  const pieces: ContentReference[] = []
  for (const piece of cutBytes(bytes)) {
    pieces.push(store(pieceOf(piece)))
    yield
  }
  return { ...base, parts: pieces }
}

type RecordedParts = { bytes: Buffer; parts: (string | ContentReference)[]; inlineLeft: number }

/** What is short stays text. */
function* addText(recorded: RecordedParts, from: number, to: number, store: StoreContent): Slices<void> {
  const { bytes, parts } = recorded
  if (to - from > recorded.inlineLeft || !isUtf8(bytes.subarray(from, to)))
    return yield* addPieces(
      recorded,
      from,
      to,
      Math.min(pieceBytes, Math.max(textBytes, Math.ceil((to - from) / 32))),
      store,
    )
  recorded.inlineLeft -= to - from
  if (to > from) parts.push(bytes.toString('utf8', from, to))
}

function* addPieces(
  { bytes, parts }: RecordedParts,
  from: number,
  to: number,
  size: number,
  store: StoreContent,
): Slices<void> {
  for (const piece of cutBytes(bytes.subarray(from, to), size)) {
    parts.push(store(pieceOf(piece)))
    yield
  }
}

/** SHA-256 in hexadecimal digits. */
export function* digestInSlices(bytes: Buffer): Slices<string> {
  const hash = createHash('sha256')
  for (let from = 0; from < bytes.length; from += sliceBytes) {
    hash.update(bytes.subarray(from, from + sliceBytes))
    yield
  }
  return hash.digest('hex')
}

/** Contents (without quotes) of the string literals of a JSON text that are at least `partBytes` long; undefined after a slice without. */
function* longStrings(bytes: Buffer): Generator<[from: number, to: number] | undefined> {
  const quote = 0x22
  const backslash = 0x5c
  let sliceEnd = sliceBytes
  let open = bytes.indexOf(quote)
  while (open >= 0) {
    let close = open
    do {
      close = indexOfByte(bytes, quote, close + 1)
      if (close >= sliceEnd) {
        yield
        sliceEnd = close + sliceBytes
      }
    } while (close > 0 && isEscaped(bytes, close, backslash))
    if (close < 0) return
    if (close - open > partBytes) yield [open + 1, close]
    open = indexOfByte(bytes, quote, close + 1)
  }
}

function isEscaped(bytes: Buffer, at: number, backslash: number): boolean {
  let slashes = 0
  while (bytes[at - 1 - slashes] === backslash) slashes++
  return slashes % 2 === 1
}
