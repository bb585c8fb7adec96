import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { crc32c } from './crc32c.ts'

const hex = (value: number) => value.toString(16).padStart(8, '0')

test('gives the check value and the vectors of RFC 3720', () => {
  assert.equal(hex(crc32c(Buffer.from('123456789'))), 'e3069283')
  assert.equal(hex(crc32c(Buffer.alloc(32))), '8a9136aa')
  assert.equal(hex(crc32c(Buffer.alloc(32, 0xff))), '62a8ab43')
  assert.equal(hex(crc32c(Buffer.from(Array.from({ length: 32 }, (_, i) => i)))), '46dd794e')
  assert.equal(hex(crc32c(Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)))), '113fdb5c')
  assert.equal(crc32c(Buffer.alloc(0)), 0)
})

function bitwise(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}

test('equals the definition at any alignment, and can be continued anywhere', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(16), fc.nat(200), (bytes, shift, cut) => {
      const padded = new Uint8Array(shift + bytes.length)
      padded.set(bytes, shift)
      const view = padded.subarray(shift)
      const middle = Math.min(cut, bytes.length)
      assert.equal(crc32c(view), bitwise(bytes))
      assert.equal(crc32c(view, middle, view.length, crc32c(view, 0, middle)), bitwise(bytes))
    }),
  )
})
