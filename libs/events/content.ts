import { isUtf8 } from 'node:buffer'
import { sha256Hex } from './digest.ts'

/** Largest piece that one `content-recorded` event holds, so that even in base64 the event fits into a message. */
export const pieceBytes = 384 * 1024

/** So much becomes JSON at once: a longer text costs twice as much, and stays until the whole heap is marked. */
const textBytes = 32 * 1024

/**
 * The data of a `content-recorded` event, as JSON in pieces that follow each other: what is long is not copied to stand beside the
 * rest. Text stays text unless escaping would make it longer than base64.
 */
export function writeContent(bytes: Buffer, sha256 = sha256Hex(bytes)): string[] {
  const base = `{"sha256":"${sha256}","bytes":${bytes.length}`
  const text = isUtf8(bytes) && escaped(bytes, bytes.length * 1.4 - '""'.length)
  return text ? [`${base},"text":"`, ...text, '"}'] : [`${base},"base64":"`, bytes.toString('base64'), '"}']
}

/** The text as it stands in JSON; undefined where that has more characters than `most`. */
function escaped(bytes: Buffer, most: number): string[] | undefined {
  const pieces: string[] = []
  let left = most
  for (const piece of cutBytes(bytes, textBytes)) {
    const text = piece.toString('utf8')
    const json = standsAsItIs(piece, text) ? text : JSON.stringify(text).slice(1, -1)
    left -= json.length
    if (left < 0) return undefined
    pieces.push(json)
  }
  return pieces
}

/** Whether nothing in a text is escaped in JSON, as of images in base64: to find that out takes a third of escaping it. */
function standsAsItIs(bytes: Buffer, text: string): boolean {
  if (bytes.includes(quote) || bytes.includes(backslash)) return false
  try {
    // Fails where it has control characters.
    JSON.parse(`"${text}"`)
    return true
  } catch {
    return false
  }
}

const [quote, backslash] = [0x22, 0x5c]

/** The same as `bytes.indexOf(byte, from)`, which costs more than it finds where the byte is near. */
export function indexOfByte(bytes: Buffer, byte: number, from: number): number {
  const near = Math.min(from + 64, bytes.length)
  for (let at = from; at < near; at++) if (bytes[at] === byte) return at
  return near === bytes.length ? -1 : bytes.indexOf(byte, near)
}

/** Cuts into pieces of at most `size`, never within a UTF-8 character of valid text. */
export function* cutBytes(bytes: Buffer, size = pieceBytes): Generator<Buffer> {
  let from = 0
  while (from < bytes.length) {
    let to = Math.min(from + size, bytes.length)
    if (to < bytes.length) to = characterStart(bytes, to)
    yield bytes.subarray(from, to)
    from = to
  }
}

/** The nearest start of a UTF-8 character at or before `at`; `at` itself where the bytes are no UTF-8. */
export function characterStart(bytes: Buffer, at: number): number {
  for (let back = 0; back < 4 && back <= at; back++) if ((bytes[at - back]! & 0xc0) !== 0x80) return at - back
  return at
}
