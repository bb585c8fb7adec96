import { randomFillSync } from 'node:crypto'

const pool = Buffer.allocUnsafe(4096)
let used = pool.length
let lastMs = 0
let counter = 0

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
    lastMs = nowMs
    counter = pool.readUInt16BE(randomBytes(2)) & 0x07ff
  } else if (++counter > 0x0fff) {
    lastMs += 1
    counter = 0
  }
  const at = randomBytes(8)
  const time = lastMs.toString(16).padStart(12, '0')
  const variant = ((pool[at]! & 0x3f) | 0x80).toString(16)
  const random = pool.toString('hex', at + 1, at + 8)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${variant}${random.slice(0, 2)}-${random.slice(2)}`
}
