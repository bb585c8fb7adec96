/** Eight tables of 256: `tables[k * 256 + b]` is byte `b` advanced over `k` zero bytes. */
const tables = new Int32Array(8 * 256)
for (let byte = 0; byte < 256; byte++) {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  tables[byte] = crc
}
for (let i = 256; i < tables.length; i++) {
  const shorter = tables[i - 256]!
  tables[i] = (shorter >>> 8) ^ tables[shorter & 0xff]!
}

/**
 * CRC-32C (Castagnoli, as in RFC 3720 appendix B.4) of `bytes[start, end)`, eight bytes at a time.
 * @param previous the CRC of what comes before, to continue it.
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length, previous = 0): number {
  const t = tables
  let crc = ~previous
  let at = start
  while (at < end && ((bytes.byteOffset + at) & 3) !== 0) crc = (crc >>> 8) ^ t[(crc ^ bytes[at++]!) & 0xff]!
  const pairs = (end - at) >>> 3
  if (pairs > 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, pairs * 2)
    for (let i = 0; i < words.length; i += 2) {
      const low = words[i]! ^ crc
      const high = words[i + 1]!
      crc =
        t[1792 + (low & 0xff)]! ^
        t[1536 + ((low >>> 8) & 0xff)]! ^
        t[1280 + ((low >>> 16) & 0xff)]! ^
        t[1024 + (low >>> 24)]! ^
        t[768 + (high & 0xff)]! ^
        t[512 + ((high >>> 8) & 0xff)]! ^
        t[256 + ((high >>> 16) & 0xff)]! ^
        t[high >>> 24]!
    }
    at += pairs * 8
  }
  while (at < end) crc = (crc >>> 8) ^ t[(crc ^ bytes[at++]!) & 0xff]!
  return ~crc >>> 0
}
