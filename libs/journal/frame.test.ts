import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { crc32c } from './crc32c.ts'
import { RecordTooLargeError } from './errors.ts'
import {
  decodeFrame,
  encodeFrame,
  findFrame,
  frameBytes,
  headerBytes,
  maxPayloadBytes,
  saltOf,
} from './frame.ts'

const entries = fc.record({
  subject: fc.string({ maxLength: 40, unit: 'grapheme' }),
  id: fc.string({ maxLength: 40 }),
  event: fc.oneof(
    fc.string({ maxLength: 300, unit: 'binary' }),
    fc.array(fc.string({ maxLength: 100, unit: 'binary' }), { maxLength: 4 }),
    fc.uint8Array({ maxLength: 300 }),
  ),
})
const salt = saltOf('01890000-0000-7000-8000-000000000000')

test('gives back what was encoded, at any place, and never takes more room than announced', () => {
  const places = fc.nat(20).map((place) => place * 8)
  const sequences = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
  const times = fc.integer({ min: 0, max: 8.64e15 })
  fc.assert(
    fc.property(entries, places, sequences, fc.nat(1000), times, (entry, at, sequence, pending, time) => {
      const bytes = Buffer.alloc(at + frameBytes(entry) + 16, 0xaa)
      const to = encodeFrame(bytes, at, salt, sequence, pending, time, entry)
      assert.ok(to - at <= frameBytes(entry))
      assert.equal(to % 8, 0)
      const frame = decodeFrame(bytes, at, to, salt)
      assert.ok(typeof frame === 'object')
      assert.deepEqual(
        [frame.sequence, frame.pending, frame.timeMs, frame.subject, frame.id, frame.from, frame.to],
        [sequence, pending, time, entry.subject.toWellFormed(), entry.id, at, to],
      )
      const event =
        entry.event instanceof Uint8Array
          ? Buffer.from(entry.event)
          : Buffer.concat([entry.event].flat().map((piece) => Buffer.from(piece, 'utf8')))
      assert.deepEqual(Buffer.from(frame.event), event)
    }),
  )
})

test('is not a frame with any bit flipped, cut off, or in another journal', () => {
  fc.assert(
    fc.property(entries, fc.nat(), fc.nat(), (entry, flip, cut) => {
      const bytes = Buffer.alloc(frameBytes(entry))
      const to = encodeFrame(bytes, 0, salt, 7, 0, 1_700_000_000_000, entry)
      assert.equal(typeof decodeFrame(bytes, 0, to, saltOf('another')), 'undefined')
      assert.notEqual(typeof decodeFrame(bytes, 0, cut % to, salt), 'object')
      const frame = decodeFrame(bytes, 0, to, salt)
      assert.ok(typeof frame === 'object')
      const used = to - 7
      const bit = flip % (used * 8)
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      const flipped = decodeFrame(bytes, 0, to, salt)
      if (typeof flipped === 'object')
        assert.ok(bit >> 3 >= frame.event.byteOffset - bytes.byteOffset + frame.event.length)
    }),
  )
})

test('waits for more bytes only where a frame could be, and takes nothing that its header contradicts', () => {
  const lengths = fc.oneof(fc.nat(200), fc.integer({ min: maxPayloadBytes - 2, max: maxPayloadBytes + 2 }))
  const names = fc.oneof(fc.nat(120), fc.nat(0xffff))
  fc.assert(
    fc.property(lengths, names, names, fc.nat(400), (payload, subject, id, there) => {
      const bytes = Buffer.alloc(headerBytes + 200)
      const to = encodeFrame(bytes, 0, salt, 1, 0, 0, { subject: 's', id: 'i', event: 'x'.repeat(100) })
      bytes.writeUInt32LE(payload, 8)
      bytes.writeUInt16LE(subject, 32)
      bytes.writeUInt16LE(id, 34)
      // Whoever damages a header may mend its checksum too.
      if (payload <= to - headerBytes) bytes.writeUInt32LE(crc32c(bytes, 8, headerBytes + payload, salt), 4)
      const end = Math.min(there, bytes.length)
      const found = decodeFrame(bytes, 0, end, salt)
      const needed = Math.ceil((headerBytes + payload) / 8) * 8
      if (end < headerBytes) assert.equal(found, headerBytes)
      else if (payload > maxPayloadBytes || subject + id > payload) assert.equal(found, undefined)
      else if (needed > end) assert.equal(found, needed)
      else if (payload <= to - headerBytes) {
        assert.ok(typeof found === 'object')
        assert.equal(found.event.length, payload - subject - id)
      }
    }),
    { numRuns: 500 },
  )
})

test('text that a user sends never passes for a frame', () => {
  const inner = Buffer.alloc(200)
  encodeFrame(inner, 0, salt, 2, 0, 0, { subject: 'forged', id: 'forged', event: '{}' })
  const event = JSON.stringify({ text: inner.toString('latin1'), padding: ' '.repeat(3) })
  for (let shift = 0; shift < 8; shift++) {
    const bytes = Buffer.alloc(2000)
    const entry = { subject: 's'.repeat(shift), id: 'i', event }
    const to = encodeFrame(bytes, 0, salt, 1, 0, 0, entry)
    bytes[0] = 0
    assert.equal(findFrame(bytes, 0, to, salt, 1), undefined)
  }
})

test('refuses what no frame can hold', () => {
  assert.throws(
    () => frameBytes({ subject: 's', id: 'i', event: 'x'.repeat(9_000_000) }),
    RecordTooLargeError,
  )
  assert.throws(() => frameBytes({ subject: 's'.repeat(70_000), id: 'i', event: '{}' }), RecordTooLargeError)
})
