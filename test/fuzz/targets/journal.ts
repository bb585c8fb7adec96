import assert from 'node:assert/strict'
import fc from 'fast-check'
import { encodeFrame, frameBytes, headerBytes, saltOf } from '../../../libs/journal/frame.ts'
import { scanSegment, tornTail } from '../../../libs/journal/scan-segment.ts'
import { defineTarget } from '../target.ts'

const salt = saltOf('01a2ce8b-d400-75a9-98e7-4a9c0093b38b')
const entry = fc.record({
  subject: fc.string({ maxLength: 20 }),
  id: fc.string({ maxLength: 40 }),
  event: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.constant('\xff\xf8'.repeat(30))),
})
const damage = fc.record({
  at: fc.nat(),
  length: fc.integer({ min: 1, max: 600 }),
  byte: fc.oneof(fc.constant(0), fc.nat(255)),
})

export const journal = defineTarget({
  name: 'journal segments: whole frames outside of damage are found, and nothing that was not written',
  input: fc.record({
    entries: fc.array(entry, { maxLength: 30 }),
    damages: fc.array(damage, { maxLength: 4 }),
    cut: fc.nat(),
  }),
  check({ entries, damages, cut }) {
    const size = entries.reduce((bytes, one) => bytes + frameBytes(one), 4096)
    const written = Buffer.alloc(size)
    const frames: { sequence: number; from: number; end: number; to: number }[] = []
    let at = 0
    for (const [index, one] of entries.entries()) {
      const to = encodeFrame(written, at, salt, index + 1, 0, 1_000 + index, one)
      const payload = one.subject + one.id + one.event
      frames.push({ sequence: index + 1, from: at, end: at + headerBytes + Buffer.byteLength(payload), to })
      at = to
    }
    const read = Buffer.from(written.subarray(0, cut % 3 === 0 ? cut % (size + 1) : size))
    for (const { at: place, length, byte } of damages) {
      const from = place % (read.length + 1)
      read.fill(byte, from, Math.min(read.length, from + length))
    }
    const scan = scanSegment(read, salt, 1)
    const whole = frames.filter(
      ({ from, end, to }) =>
        to <= read.length && read.subarray(from, end).equals(written.subarray(from, end)),
    )
    const inHole = (from: number) => scan.holes.some((hole) => hole.from <= from && from < hole.to)
    for (const { sequence, from } of whole) assert.ok(!inHole(from), `frame ${sequence} is taken for damage`)
    assert.equal(scan.last, whole.at(-1)?.sequence)
    assert.equal(scan.first, whole.at(0)?.sequence)
    const torn = tornTail(scan)
    if (torn) assert.ok(scan.holes.includes(torn))
    for (const [index, hole] of scan.holes.entries()) {
      assert.ok(hole.from < hole.to && hole.to <= read.length)
      assert.ok(hole.from >= (scan.holes[index - 1]?.to ?? 0), 'holes are in order')
    }
  },
})
