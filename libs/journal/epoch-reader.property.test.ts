import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { EpochReader } from './epoch-reader.ts'
import { encodeFrame, headerBytes, saltOf } from './frame.ts'
import { segmentFile } from './segment-file.ts'
import type { DamageReport } from './types.ts'

const journal = '01890000-0000-7000-8000-000000000000'
const salt = saltOf(journal)
const directory = mkdtempSync(join(tmpdir(), 'journal-'))
after(() => rmSync(directory, { recursive: true, force: true }))

const textOf = (sequence: number, size: number) => `${sequence}:`.padEnd(size, `${sequence % 10}`)

type Damage = { segment: number; from: number; bytes: number; value: number }

/** Writes an epoch of segments with entries of these sizes, some zeros behind each, and damages it. */
function writeEpoch(segments: number[][], damages: Damage[], missing: number | undefined): string[] {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(join(directory, journal), { recursive: true })
  const events: string[] = []
  segments.forEach((sizes, index) => {
    const bytes = Buffer.alloc(sizes.reduce((sum, size) => sum + size + 200, 512))
    let at = 0
    for (const size of sizes) {
      const sequence = events.length + 1
      const event = textOf(sequence, size)
      events.push(event)
      at = encodeFrame(bytes, at, salt, sequence, 0, 0, { subject: 's', id: `${sequence}`, event })
    }
    for (const { segment, from, bytes: length, value } of damages) {
      if (segment % segments.length === index) {
        const start = from % at
        bytes.fill(value, start, Math.min(start + length, at))
      }
    }
    const file = segmentFile(directory, journal, index + 1)
    writeFileSync(file, bytes)
    if (index === missing) unlinkSync(file)
  })
  return events
}

const segments = fc.array(fc.array(fc.nat(600), { minLength: 1, maxLength: 12 }), {
  minLength: 1,
  maxLength: 4,
})
const damage = fc.record({
  segment: fc.nat(3),
  from: fc.nat(9000),
  bytes: fc.integer({ min: 1, max: 700 }),
  value: fc.nat(255),
})
const readSizes = fc.infiniteStream(fc.integer({ min: 1, max: 3000 }))

test('however it is damaged and read: what is there comes once, in order and unchanged, and the rest is counted as lost', () => {
  const missing = fc.option(fc.nat(3), { nil: undefined, freq: 8 })
  fc.assert(
    fc.property(
      segments,
      fc.array(damage, { maxLength: 3 }),
      missing,
      readSizes,
      (sizes, damages, gone, reads) => {
        const events = writeEpoch(sizes, damages, gone)
        const limit = { sequence: events.length }
        const reports: DamageReport[] = []
        const there: number[] = []
        using reader = new EpochReader(directory, journal, (report) => reports.push(report))
        for (;;) {
          const records = reader.read(limit, reads.next().value)
          if (records.length === 0) break
          for (const { sequence, id, event } of records) {
            assert.equal(id, String(sequence))
            assert.equal(event.toString(), events[sequence - 1])
            there.push(sequence)
          }
        }
        const lost = reports.flatMap(({ firstLost, lostEvents }) =>
          Array.from({ length: lostEvents }, (_, i) => firstLost + i),
        )
        const accounted = [...there, ...lost].sort((a, b) => a - b)
        assert.deepEqual(
          there,
          there.toSorted((a, b) => a - b),
        )
        assert.deepEqual(
          accounted,
          events.map((_, i) => i + 1),
        )
        if (damages.length === 0 && gone === undefined) assert.deepEqual(lost, [])
      },
    ),
    { numRuns: 150 },
  )
})

test('a read returns what fits into its size, and one entry where none does', () => {
  const bytesOf = (sequence: number, event: string) =>
    Math.ceil((headerBytes + 1 + String(sequence).length + event.length) / 8) * 8
  fc.assert(
    fc.property(segments, readSizes, (sizes, reads) => {
      const events = writeEpoch(sizes, [], undefined)
      const ends = sizes.map((_, index) => sizes.slice(0, index + 1).flat().length)
      using reader = new EpochReader(directory, journal, (report) => assert.fail(JSON.stringify(report)))
      for (let sequence = 1; sequence <= events.length; ) {
        const size = reads.next().value
        const end = ends.find((last) => last >= sequence)!
        let [count, taken] = [0, 0]
        while (sequence + count <= end) {
          taken += bytesOf(sequence + count, events[sequence + count - 1]!)
          if (count > 0 && taken > Math.max(size, headerBytes)) break
          count++
        }
        const records = reader.read({ sequence: events.length }, size)
        assert.equal(records.length, count, `from ${sequence}, ${size} bytes`)
        sequence += count
      }
    }),
    { numRuns: 80 },
  )
})

test('an entry whose header claims more than there is, or in whose place an earlier one stands, is lost, and no other', () => {
  const claims = fc.option(fc.integer({ min: 700, max: 8 * 1024 * 1024 }), { nil: undefined })
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 9 }),
      fc.nat(600),
      fc.nat(),
      fc.nat(),
      claims,
      (count, size, k, j, claim) => {
        // Of one length each, sequences of one digit.
        const length = Math.ceil((headerBytes + 2 + Math.max(size, 2)) / 8) * 8
        writeEpoch([Array.from({ length: count }, () => Math.max(size, 2))], [], undefined)
        const lost = 1 + (k % (count - 1))
        const file = segmentFile(directory, journal, 1)
        const bytes = readFileSync(file)
        const earlier = (j % lost) * length
        if (claim === undefined) bytes.copy(bytes, lost * length, earlier, earlier + length)
        else bytes.writeUInt32LE(claim, lost * length + 8)
        writeFileSync(file, bytes)
        for (const maxBytes of [1, 1_000_000]) {
          const reports: DamageReport[] = []
          using reader = new EpochReader(directory, journal, (report) => reports.push(report))
          const there: number[] = []
          for (;;) {
            const records = reader.read({ sequence: count }, maxBytes)
            if (records.length === 0) break
            there.push(...records.map(({ sequence }) => sequence))
          }
          const all = Array.from({ length: count }, (_, i) => i + 1)
          assert.deepEqual(
            there,
            all.filter((sequence) => sequence !== lost + 1),
          )
          assert.deepEqual(
            reports.map(({ firstLost, lostEvents }) => [firstLost, lostEvents]),
            [[lost + 1, 1]],
          )
        }
      },
    ),
    { numRuns: 100 },
  )
})

test('when the segment that it stands in is removed it goes on with the next one, and counts what it had not read', () => {
  fc.assert(
    fc.property(segments, fc.nat(11), (sizes, many) => {
      fc.pre(sizes.length > 1)
      const events = writeEpoch(sizes, [], undefined)
      const limit = { sequence: events.length }
      const inFirst = sizes[0]!.length
      const read = Math.min(many, inFirst - 1)
      const reports: DamageReport[] = []
      using reader = new EpochReader(directory, journal, (report) => reports.push(report))
      const there: number[] = []
      while (there.length < read) there.push(...reader.read({ sequence: read }, 1).map((one) => one.sequence))
      reader.peek(limit, events.length)
      unlinkSync(segmentFile(directory, journal, 1))
      for (;;) {
        const records = reader.read(limit, 1_000)
        if (records.length === 0) break
        there.push(...records.map(({ sequence }) => sequence))
      }
      const rest = events.map((_, i) => i + 1).filter((sequence) => sequence <= read || sequence > inFirst)
      assert.deepEqual(there, rest)
      assert.deepEqual(
        reports.map(({ firstLost, lostEvents }) => [firstLost, lostEvents]),
        [[read + 1, inFirst - read]],
      )
    }),
    { numRuns: 60 },
  )
})

test('after a seek to anywhere it goes on there, wherever is peeked, and reports damage at most once', () => {
  const seeks = fc.array(fc.nat(60), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(
      segments,
      fc.array(damage, { maxLength: 2 }),
      seeks,
      readSizes,
      (sizes, damages, targets, reads) => {
        const events = writeEpoch(sizes, damages, undefined)
        const limit = { sequence: events.length }
        const reports: DamageReport[] = []
        using reader = new EpochReader(directory, journal, (report) => reports.push(report))
        const readAll = () => {
          const there: number[] = []
          for (;;) {
            const records = reader.read(limit, reads.next().value)
            if (records.length === 0) return there
            there.push(...records.map(({ sequence }) => sequence))
          }
        }
        const all = readAll()
        const reported = reports.length
        for (const target of targets) {
          const from = (target % (events.length + 1)) + 1
          reader.seek(from)
          assert.equal(reader.next, from)
          const peekAt = (reads.next().value % from) + 1
          assert.equal(
            reader.peek(limit, peekAt)?.sequence,
            all.find((sequence) => sequence >= peekAt),
          )
          assert.equal(
            reader.peek(limit)?.sequence,
            all.find((sequence) => sequence >= from),
          )
          assert.equal(reader.next, from)
          assert.deepEqual(
            readAll(),
            all.filter((sequence) => sequence >= from),
          )
        }
        assert.equal(reports.length, reported)
      },
    ),
    { numRuns: 80 },
  )
})

test('with a durable position it reads exactly up to there, whatever is behind', () => {
  fc.assert(
    fc.property(segments, fc.nat(), readSizes, (sizes, stop, reads) => {
      const events = writeEpoch(sizes, [], undefined)
      const sequence = stop % (events.length + 1)
      let segment = 1
      let inSegment = sequence
      while (inSegment > (sizes[segment - 1]?.length ?? 0)) inSegment -= sizes[segment++ - 1]!.length
      const bytes = Buffer.alloc(1_000_000)
      let offset = 0
      for (let i = 0; i < inSegment; i++) {
        const event = events[sequence - inSegment + i]!
        offset = encodeFrame(bytes, offset, salt, 1, 0, 0, {
          subject: 's',
          id: `${sequence - inSegment + i + 1}`,
          event,
        })
      }
      using reader = new EpochReader(directory, journal, (report) => assert.fail(JSON.stringify(report)))
      const there: number[] = []
      for (;;) {
        const records = reader.read({ segment, offset, sequence }, reads.next().value)
        if (records.length === 0) break
        there.push(...records.map((record) => record.sequence))
      }
      assert.deepEqual(
        there,
        Array.from({ length: sequence }, (_, i) => i + 1),
      )
    }),
    { numRuns: 60 },
  )
})
