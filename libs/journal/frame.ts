import { crc32c } from './crc32c.ts'
import { RecordTooLargeError } from './errors.ts'
import type { EventText, JournalEntry } from './types.ts'

/**
 * A frame, little-endian, begins at a multiple of eight:
 *
 *     0  magic           u32
 *     4  CRC-32C         u32  of bytes 8 to the end of the payload, continued from the CRC of the journal id
 *     8  payload length  u32
 *    12  pending         u32  entries before this one that shared its sync
 *    16  sequence        u64
 *    24  time            u64  milliseconds since 1970
 *    32  subject length  u16
 *    34  id length       u16
 *    36  zero            u32
 *    40  payload: subject, id, event; then zeros up to a multiple of eight
 *
 * The magic begins with 0xFF, which UTF-8 never contains: no text that a user sends can look like a frame.
 */
export const headerBytes = 40
export const maxPayloadBytes = 8 * 1024 * 1024
const magic = 0x014af8ff
const twoTo32 = 0x1_0000_0000

export type Frame = {
  sequence: number
  pending: number
  timeMs: number
  subject: string
  id: string
  /** A view of the bytes that were read. */
  event: Buffer
  /** Offset of the frame, and of the next one. */
  from: number
  to: number
}

/** What the CRC of a journal's frames is continued from, so that a frame of another journal is not valid in it. */
export function saltOf(journal: string): number {
  return crc32c(Buffer.from(journal, 'latin1'))
}

const aligned = (bytes: number) => (bytes + 7) & ~7

/**
 * Bytes that suffice for `entry`; for small ones a bound that is cheap to compute.
 * @throws RecordTooLargeError when no frame can hold it.
 */
export function frameBytes(entry: JournalEntry): number {
  const { subject, id, event } = entry
  const names = (subject.length + id.length) * 3
  if (names > 0xffff) throw new RecordTooLargeError(names, 0xffff)
  const eventBytes = event instanceof Uint8Array ? event.length : mostBytesOf(event)
  if (names + eventBytes > maxPayloadBytes) throw new RecordTooLargeError(eventBytes, maxPayloadBytes)
  return aligned(headerBytes + names + eventBytes)
}

function mostBytesOf(text: EventText): number {
  const pieces = piecesOf(text)
  let characters = 0
  for (const { length } of pieces) characters += length
  if (characters < 16 * 1024) return characters * 3
  return pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0)
}

function piecesOf(text: EventText): readonly string[] {
  return typeof text === 'string' ? [text] : text
}

/** Writes a frame and returns the offset of the next one. `bytes` must have room for `frameBytes(entry)`. */
export function encodeFrame(
  bytes: Buffer,
  from: number,
  salt: number,
  sequence: number,
  pending: number,
  timeMs: number,
  entry: JournalEntry,
): number {
  const { subject, id, event } = entry
  const payloadFrom = from + headerBytes
  const subjectBytes = bytes.write(subject, payloadFrom, 'utf8')
  const idBytes = bytes.write(id, payloadFrom + subjectBytes, 'utf8')
  let end = payloadFrom + subjectBytes + idBytes
  if (event instanceof Uint8Array) {
    bytes.set(event, end)
    end += event.length
  } else for (const piece of piecesOf(event)) end += bytes.write(piece, end, 'utf8')
  const payloadBytes = end - payloadFrom
  const to = aligned(end)
  while (end < to) bytes[end++] = 0
  bytes.writeUInt32LE(magic, from)
  bytes.writeUInt32LE(payloadBytes, from + 8)
  bytes.writeUInt32LE(pending, from + 12)
  bytes.writeUInt32LE(sequence % twoTo32, from + 16)
  bytes.writeUInt32LE(Math.floor(sequence / twoTo32), from + 20)
  bytes.writeUInt32LE(timeMs % twoTo32, from + 24)
  bytes.writeUInt32LE(Math.floor(timeMs / twoTo32), from + 28)
  bytes.writeUInt16LE(subjectBytes, from + 32)
  bytes.writeUInt16LE(idBytes, from + 34)
  bytes.writeUInt32LE(0, from + 36)
  bytes.writeUInt32LE(crc32c(bytes, from + 8, payloadFrom + payloadBytes, salt), from + 4)
  return to
}

/**
 * The frame at `from`; undefined when there is none; a number when there may be one, but only with so many bytes
 * before `end`.
 */
export function decodeFrame(
  bytes: Buffer,
  from: number,
  end: number,
  salt: number,
): Frame | number | undefined {
  if (end - from < headerBytes) return headerBytes
  if (bytes.readUInt32LE(from) !== magic) return undefined
  const payloadBytes = bytes.readUInt32LE(from + 8)
  if (payloadBytes > maxPayloadBytes) return undefined
  const subjectBytes = bytes.readUInt16LE(from + 32)
  const idBytes = bytes.readUInt16LE(from + 34)
  if (subjectBytes + idBytes > payloadBytes) return undefined
  const payloadFrom = from + headerBytes
  const to = from + aligned(headerBytes + payloadBytes)
  if (to > end) return to - from
  const payloadTo = payloadFrom + payloadBytes
  if (crc32c(bytes, from + 8, payloadTo, salt) !== bytes.readUInt32LE(from + 4)) return undefined
  const idFrom = payloadFrom + subjectBytes
  const eventFrom = idFrom + idBytes
  return {
    sequence: bytes.readUInt32LE(from + 20) * twoTo32 + bytes.readUInt32LE(from + 16),
    pending: bytes.readUInt32LE(from + 12),
    timeMs: bytes.readUInt32LE(from + 28) * twoTo32 + bytes.readUInt32LE(from + 24),
    subject: bytes.toString('utf8', payloadFrom, idFrom),
    id: bytes.toString('utf8', idFrom, eventFrom),
    event: bytes.subarray(eventFrom, payloadTo),
    from,
    to,
  }
}

/** The first frame at or after `from` with a sequence of at least `minSequence`, as after damage. */
export function findFrame(
  bytes: Buffer,
  from: number,
  end: number,
  salt: number,
  minSequence: number,
): Frame | undefined {
  for (let at = aligned(from); at + headerBytes <= end; at += 8) {
    if (bytes[at] !== 0xff || bytes[at + 1] !== 0xf8) continue
    const frame = decodeFrame(bytes, at, end, salt)
    if (typeof frame === 'object' && frame.sequence >= minSequence) return frame
  }
  return undefined
}
