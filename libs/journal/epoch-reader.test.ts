import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type DamageReport, EpochReader, openJournal, type ReadLimit } from './index.ts'

async function filledJournal(t: TestContext, entries: number, bytes = 1000) {
  const directory = await mkdtemp(join(tmpdir(), 'journal-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  const journal = await openJournal({ directory, segmentBytes: 65536 })
  const all = Array.from({ length: entries }, (_, i) =>
    journal.append((_, sequence) => ({
      subject: 's',
      id: `id-${sequence}`,
      event: `${i}`.padEnd(bytes, '.'),
    })),
  )
  await Promise.all(all)
  await journal.close()
  return { directory, journal: journal.id!, limit: { sequence: entries } }
}

function readAll(reader: EpochReader, limit: ReadLimit, maxBytes = 5000): number[] {
  const sequences: number[] = []
  for (;;) {
    const records = reader.read(limit, maxBytes)
    if (records.length === 0) return sequences
    for (const { sequence, id } of records) {
      assert.equal(id, `id-${sequence}`)
      sequences.push(sequence)
    }
  }
}

const unexpected = (report: DamageReport) => assert.fail(JSON.stringify(report))
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

test('reads every record once, in order, over all segments, whatever the size of the reads', async (t) => {
  const { directory, journal, limit } = await filledJournal(t, 300)
  for (const maxBytes of [1, 41, 1000, 5000, 1_000_000]) {
    using reader = new EpochReader(directory, journal, unexpected)
    assert.deepEqual(readAll(reader, limit, maxBytes), range(1, 300))
  }
})

test('seeks in both directions', async (t) => {
  const { directory, journal, limit } = await filledJournal(t, 300)
  using reader = new EpochReader(directory, journal, unexpected)
  for (const from of [300, 1, 150, 299, 64, 65, 66, 301]) {
    reader.seek(from)
    assert.deepEqual(readAll(reader, limit), range(from, 300))
  }
})

test('knows the first entry that is still here, once segments were removed', async (t) => {
  const { directory, journal, limit } = await filledJournal(t, 300)
  const segments = (await readdir(join(directory, journal))).sort()
  using whole = new EpochReader(directory, journal, unexpected)
  assert.equal(whole.firstKept(), 1)
  await unlink(join(directory, journal, segments[0]!))
  using rest = new EpochReader(directory, journal, unexpected)
  const first = rest.firstKept()
  assert.ok(first > 1 && first < 300)
  rest.seek(first)
  assert.deepEqual(readAll(rest, limit), range(first, 300))
})

test('stops at the durable position and goes on from there', async (t) => {
  const { directory, journal, limit } = await filledJournal(t, 100)
  using reader = new EpochReader(directory, journal, unexpected)
  assert.deepEqual(readAll(reader, { sequence: 30 }), range(1, 30))
  assert.deepEqual(readAll(reader, { sequence: 30 }), [])
  assert.deepEqual(readAll(reader, limit), range(31, 100))
})

test('quarantines damage in the middle, counts what is lost and reads the rest', async (t) => {
  const { directory, journal, limit } = await filledJournal(t, 300)
  const segments = (await readdir(join(directory, journal))).sort()
  const file = join(directory, journal, segments[1]!)
  const bytes = await readFile(file)
  bytes.fill(0x5a, 3000, 5000)
  await writeFile(file, bytes)
  const reports: DamageReport[] = []
  using reader = new EpochReader(directory, journal, (report) => reports.push(report))
  const read = readAll(reader, limit)
  assert.equal(reports.length, 1)
  const { firstLost, lostEvents, from, to, quarantineFile } = reports[0]!
  assert.deepEqual(
    read,
    range(1, 300).filter((sequence) => sequence < firstLost || sequence >= firstLost + lostEvents),
  )
  assert.ok(from <= 3000 && to >= 5000 && lostEvents <= 4)
  assert.deepEqual(await readFile(quarantineFile!), bytes.subarray(from, to))
  reader.seek(1)
  assert.deepEqual(readAll(reader, limit), read)
  assert.equal(reports.length, 1)
})

test('counts the records of a segment that is gone', async (t) => {
  const { directory, journal, limit } = await filledJournal(t, 300)
  const segments = (await readdir(join(directory, journal))).sort()
  await unlink(join(directory, journal, segments[2]!))
  const reports: DamageReport[] = []
  using reader = new EpochReader(directory, journal, (report) => reports.push(report))
  const read = readAll(reader, limit)
  assert.equal(reports.length, 1)
  assert.equal(read.length + reports[0]!.lostEvents, 300)
  await unlink(join(directory, journal, segments.at(-1)!))
  using again = new EpochReader(directory, journal, (report) => reports.push(report))
  const rest = readAll(again, limit)
  assert.equal(rest.length + reports[1]!.lostEvents + reports[2]!.lostEvents, 300)
})
