import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeFrame, frameBytes, saltOf } from './frame.ts'
import { type SegmentScan, scanSegment, tornTail } from './scan-segment.ts'

const salt = saltOf('01890000-0000-7000-8000-000000000000')
const sectorBytes = 512

type Written = { bytes: Buffer; ends: number[]; batchEnds: { sequence: number; offset: number }[] }

/** A segment as the writer leaves it: each batch of entries of these sizes in one write, zeros behind. */
function writeBatches(batches: number[][], firstSequence: number): Written {
  const bytes = Buffer.alloc(64 * 1024)
  const ends: number[] = []
  const batchEnds: Written['batchEnds'] = []
  let at = 0
  let sequence = firstSequence
  for (const batch of batches) {
    batch.forEach((size, pending) => {
      const entry = { subject: 'subject', id: `id-${sequence}`, event: 'x'.repeat(size) }
      assert.ok(at + frameBytes(entry) < bytes.length)
      at = encodeFrame(bytes, at, salt, sequence++, pending, 1_700_000_000_000, entry)
      ends.push(at)
    })
    batchEnds.push({ sequence: sequence - 1, offset: at })
  }
  return { bytes, ends, batchEnds }
}

const batches = fc.array(fc.array(fc.nat(800), { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 8,
})
const firstSequences = fc.integer({ min: 1, max: 10_000 })

/** Last sequence that recovery keeps. */
const kept = (scan: SegmentScan, firstSequence: number) =>
  tornTail(scan)?.previous ?? scan.last ?? firstSequence - 1

test('finds every frame of an undamaged segment', () => {
  fc.assert(
    fc.property(batches, firstSequences, (sizes, first) => {
      const { bytes, ends, batchEnds } = writeBatches(sizes, first)
      const scan = scanSegment(bytes, salt, first)
      assert.deepEqual(scan.holes, [])
      assert.equal(scan.first, first)
      assert.equal(scan.last, first + ends.length - 1)
      assert.equal(scan.end, ends.at(-1))
      assert.equal(scan.lastSyncFrom, first + ends.length - sizes.at(-1)!.length)
      assert.equal(kept(scan, first), batchEnds.at(-1)!.sequence)
    }),
  )
})

test('after a crash at any byte everything acknowledged is kept, and at most a beginning of what was not', () => {
  fc.assert(
    fc.property(batches, firstSequences, fc.nat(), (sizes, first, cut) => {
      const { bytes, ends, batchEnds } = writeBatches(sizes, first)
      const acknowledged = batchEnds.at(-2) ?? { sequence: first - 1, offset: 0 }
      const length = batchEnds.at(-1)!.offset - acknowledged.offset
      bytes.fill(0, acknowledged.offset + (cut % (length + 1)))
      const scan = scanSegment(bytes, salt, first)
      const last = kept(scan, first)
      assert.ok(last >= acknowledged.sequence && last < first + ends.length)
      assert.deepEqual(
        scan.holes.filter((hole) => hole !== tornTail(scan)),
        [],
      )
    }),
  )
})

test('after a power cut that kept any sectors of the last write, nothing acknowledged is lost or called damaged', () => {
  fc.assert(
    fc.property(batches, firstSequences, fc.infiniteStream(fc.boolean()), (sizes, first, keeps) => {
      const { bytes, batchEnds } = writeBatches(sizes, first)
      const acknowledged = batchEnds.at(-2) ?? { sequence: first - 1, offset: 0 }
      const before = Buffer.from(bytes)
      before.fill(0, acknowledged.offset)
      for (let sector = 0; sector < bytes.length; sector += sectorBytes) {
        if (!keeps.next().value) before.copy(bytes, sector, sector, sector + sectorBytes)
      }
      const scan = scanSegment(bytes, salt, first)
      const torn = tornTail(scan)
      assert.ok(kept(scan, first) >= acknowledged.sequence)
      assert.deepEqual(scan.holes.slice(0, torn ? scan.holes.indexOf(torn) : undefined), [])
    }),
  )
})

test('damage to acknowledged entries is a hole with the right neighbours, and hides nothing else', () => {
  fc.assert(
    fc.property(
      batches,
      firstSequences,
      fc.nat(),
      fc.integer({ min: 1, max: 2000 }),
      fc.nat(255),
      (sizes, first, from, length, byte) => {
        const { bytes, ends, batchEnds } = writeBatches([...sizes, [10]], first)
        const acknowledged = batchEnds.at(-2)!.offset
        const start = from % acknowledged
        const end = Math.min(start + length, acknowledged)
        bytes.fill(byte, start, end)
        const scan = scanSegment(bytes, salt, first)
        const beginnings = [0, ...ends]
        const touched = ends.flatMap((to, i) => (beginnings[i]! < end && to > start ? [first + i] : []))
        assert.equal(scan.last, first + ends.length - 1)
        assert.equal(tornTail(scan), undefined)
        assert.ok(scan.holes.length <= 1)
        for (const { previous, next } of scan.holes) {
          const missing = Array.from({ length: next! - previous - 1 }, (_, i) => previous + 1 + i)
          assert.ok(missing.every((sequence) => touched.includes(sequence)))
        }
      },
    ),
  )
})
