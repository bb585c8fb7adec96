import { createHash, randomFillSync } from 'node:crypto'

const pool = Buffer.allocUnsafe(4096)
let used = pool.length
const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
let lastMs = 0
/** The timestamp of `lastMs` with its hyphen. */
let time = ''
let counter = 0

function setTime(ms: number): void {
  lastMs = ms
  const hex = ms.toString(16).padStart(12, '0')
  time = `${hex.slice(0, 8)}-${hex.slice(8)}`
}

/** A UUID as ids are written, for Postgres and for `isUuid`. */
export const uuidPattern = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
const uuid = new RegExp(uuidPattern)

export function isUuid(text: string): boolean {
  return uuid.test(text)
}

/** Ids are in the order of time: the first one that an instant can have. */
export function firstIdAt(instant: Date): string {
  const hex = Math.max(0, instant.getTime()).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

function randomBytes(count: number): number {
  if (used + count > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += count
  return used - count
}

/**
 * A UUIDv7 (RFC 9562): sortable by time, and within one process strictly increasing, by a 12-bit counter in
 * `rand_a` (method 1 of section 6.2). When the counter runs over, the timestamp borrows a millisecond.
 */
export function uuidv7(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    setTime(nowMs)
    counter = pool.readUInt16BE(randomBytes(2)) & 0x07ff
  } else if (++counter > 0x0fff) {
    setTime(lastMs + 1)
    counter = 0
  }
  const at = randomBytes(8)
  const hex = (byte: number) => hexOf[pool[at + byte]!]!
  const version = hexOf[0x70 | (counter >>> 8)]! + hexOf[counter & 0xff]!
  const variant = hexOf[0x80 | (pool[at]! & 0x3f)]! + hex(1)
  return `${time}-${version}-${variant}-${hex(2)}${hex(3)}${hex(4)}${hex(5)}${hex(6)}${hex(7)}`
}

/**
 * A UUIDv8 (RFC 9562) that depends on nothing but `parts`: the id of a fact that several processes, or one process
 * twice, may come to record, so that it is recorded once.
 */
export function uuidFrom(...parts: string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest()
  digest[6] = (digest[6]! & 0x0f) | 0x80
  digest[8] = (digest[8]! & 0x3f) | 0x80
  const hex = digest.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
