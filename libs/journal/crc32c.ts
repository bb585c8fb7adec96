/** Sixteen tables of 256: `tables[k * 256 + b]` is byte `b` advanced over `k` zero bytes. */
const tables = new Int32Array(16 * 256)
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
 * CRC-32C (Castagnoli, as in RFC 3720 appendix B.4) of `bytes[start, end)`, sixteen bytes at a time.
 * @param previous the CRC of what comes before, to continue it.
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length, previous = 0): number {
  const t = tables
  let crc = ~previous
  let at = start
  while (at < end && ((bytes.byteOffset + at) & 3) !== 0) crc = (crc >>> 8) ^ t[(crc ^ bytes[at++]!) & 0xff]!
  const rows = (end - at) >>> 4
  if (rows > 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, rows * 4)
    for (let i = 0; i < words.length; i += 4) {
      const first = words[i]! ^ crc
      const second = words[i + 1]!
      const third = words[i + 2]!
      const fourth = words[i + 3]!
      crc =
        t[3840 + (first & 0xff)]! ^
        t[3584 + ((first >>> 8) & 0xff)]! ^
        t[3328 + ((first >>> 16) & 0xff)]! ^
        t[3072 + (first >>> 24)]! ^
        t[2816 + (second & 0xff)]! ^
        t[2560 + ((second >>> 8) & 0xff)]! ^
        t[2304 + ((second >>> 16) & 0xff)]! ^
        t[2048 + (second >>> 24)]! ^
        t[1792 + (third & 0xff)]! ^
        t[1536 + ((third >>> 8) & 0xff)]! ^
        t[1280 + ((third >>> 16) & 0xff)]! ^
        t[1024 + (third >>> 24)]! ^
        t[768 + (fourth & 0xff)]! ^
        t[512 + ((fourth >>> 8) & 0xff)]! ^
        t[256 + ((fourth >>> 16) & 0xff)]! ^
        t[fourth >>> 24]!
    }
    at += rows * 16
  }
  while (at < end) crc = (crc >>> 8) ^ t[(crc ^ bytes[at++]!) & 0xff]!
  return ~crc >>> 0
}
