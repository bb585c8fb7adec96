import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  EpochReader,
  type Journal,
  type JournalReport,
  JournalUnavailableError,
  openJournal,
  type UnavailableReason,
} from './index.ts'
import { smallDisk } from './small-disk.testing.ts'

const entry = (bytes: number) => (_: string, sequence: number) => ({
  subject: 's',
  id: `id-${sequence}`,
  event: 'x'.repeat(bytes),
})

const refusedWith = (reason: UnavailableReason) => (error: unknown) =>
  error instanceof JournalUnavailableError && error.reason === reason && error.message.length > 20

async function becomesAvailable(journal: Journal): Promise<void> {
  for (let waitedMs = 0; !journal.state().available; waitedMs += 5) {
    assert.ok(waitedMs < 5000, `still ${journal.state().reason}: ${journal.state().message}`)
    await sleep(5)
  }
}

/** Appends one after the other until one is refused; the last sequence that was acknowledged. */
async function fillUp(journal: Journal, bytes: number, reason: UnavailableReason): Promise<number> {
  for (let last = 0; ; ) {
    try {
      last = (await journal.append(entry(bytes))).sequence
    } catch (error) {
      assert.ok(refusedWith(reason)(error), String(error))
      return last
    }
  }
}

function sequencesIn(directory: string, journal: string, last: number): number[] {
  using reader = new EpochReader(directory, journal, (report) => assert.fail(JSON.stringify(report)))
  const sequences: number[] = []
  for (;;) {
    const records = reader.read({ sequence: last }, 10_000)
    if (records.length === 0) return sequences
    sequences.push(...records.map(({ sequence }) => sequence))
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'journal-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

test('at its limit it refuses, except what finishes an exchange, until something is confirmed', async (t) => {
  await using journal = await openJournal({ directory: directoryFor(t), limitBytes: 512 * 1024 })
  const last = await fillUp(journal, 1000, 'limit-reached')
  const { available, reason, message, bytes } = journal.state()
  assert.deepEqual([available, reason], [false, 'limit-reached'])
  assert.match(message!, /of 524288 bytes/)
  assert.ok(bytes <= 524_288 && bytes > 400_000)
  for (let i = 1; i <= 20; i++) {
    assert.equal((await journal.append(entry(1000), { finishing: true })).sequence, last + i)
  }
  assert.equal(journal.appendUnsynced(entry(1000)), undefined)
  assert.deepEqual([journal.state().refused, journal.state().lost], [1, 1])
  await journal.confirm(journal.id!, 300)
  await becomesAvailable(journal)
  await journal.append(entry(1000))
})

test('readers find what was lost at the limit missing, in each place where it was', async (t) => {
  const directory = directoryFor(t)
  await using journal = await openJournal({ directory, limitBytes: 512 * 1024 })
  const missing: [from: number, count: number][] = []
  let last = 0
  for (let round = 1; round <= 3; round++) {
    last = await fillUp(journal, 1000, 'limit-reached')
    for (let i = 0; i < round; i++) assert.equal(journal.appendUnsynced(entry(1000)), undefined)
    missing.push([last + 1, round])
    const finished = await journal.append(entry(1000), { finishing: true })
    assert.equal(finished.sequence, last + 1 + round)
    last = finished.sequence
    if (round === 3) break
    await journal.confirm(journal.id!, Math.floor((missing[0]![0] * round) / 3))
    await becomesAvailable(journal)
  }
  const found: [from: number, count: number][] = []
  using reader = new EpochReader(directory, journal.id!, ({ firstLost, lostEvents }) =>
    found.push([firstLost, lostEvents]),
  )
  reader.seek(reader.firstKept())
  const sequences: number[] = []
  for (let next = reader.next; next <= last; next = reader.next)
    sequences.push(...reader.read({ sequence: last }, 10_000).map(({ sequence }) => sequence))
  assert.deepEqual(found, missing)
  const lost = missing.flatMap(([from, count]) => Array.from({ length: count }, (_, i) => from + i))
  assert.deepEqual(
    sequences,
    upTo(last).filter((sequence) => sequence >= sequences[0]! && !lost.includes(sequence)),
  )
})

test('never holds more than its limit, whatever is appended and confirmed', async (t) => {
  const limitBytes = 600_000
  await using journal = await openJournal({ directory: directoryFor(t), limitBytes })
  for (let round = 0; round < 5; round++) {
    const last = await fillUp(journal, 700 * (round + 1), 'limit-reached')
    assert.ok(journal.state().bytes <= limitBytes)
    await journal.confirm(journal.id!, last)
    await becomesAvailable(journal)
  }
})

test('on a full disk it refuses with everything acknowledged intact, and recovers by itself', async (t) => {
  const disk = smallDisk(t, 2 * 1024 * 1024)
  if (!disk) return
  const directory = join(disk.path, 'journal')
  await using journal = await openJournal({ directory, segmentBytes: 65536, probeIntervalMs: 20 })
  const filler = join(disk.path, 'filler')
  writeFileSync(filler, Buffer.alloc(1024 * 1024))
  let last = await fillUp(journal, 3000, 'disk-full')
  const epoch = journal.id!
  assert.deepEqual(sequencesIn(directory, epoch, last), upTo(last))
  // What full segments did not need is given back after they were filled, and may make room for one more.
  for (await sleep(100); journal.state().available; await sleep(100))
    last = await fillUp(journal, 3000, 'disk-full')
  assert.equal(journal.state().reason, 'disk-full')
  assert.deepEqual(sequencesIn(directory, epoch, last), upTo(last))
  unlinkSync(filler)
  await becomesAvailable(journal)
  for (let i = 0; i < 50; i++) await journal.append(entry(3000))
})

test('when a write fails it rejects all that wait, ends the epoch at its last durable entry, and begins another', async (t) => {
  const disk = smallDisk(t, 3 * 1024 * 1024)
  if (!disk) return
  const directory = join(disk.path, 'journal')
  const reports: JournalReport[] = []
  await using journal = await openJournal({
    directory,
    segmentBytes: 65536,
    probeIntervalMs: 20,
    onReport: (report) => reports.push(report),
  })
  for (let i = 0; i < 30; i++) await journal.append(entry(1000))
  const { bavail, bsize } = statfsSync(disk.path)
  const epoch = journal.id!
  const outcomes = await Promise.allSettled([
    journal.append(entry(bavail * bsize + 200_000)),
    journal.append(entry(100)),
    journal.append(entry(100)),
  ])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  )
  assert.equal(journal.state().refused, 3)
  const sealed = reports.find((report) => report.kind === 'epoch-sealed')
  assert.deepEqual([sealed?.journal, sealed?.lastSequence, sealed?.reason], [epoch, 30, 'disk-full'])
  await becomesAvailable(journal)
  assert.notEqual(journal.id, epoch)
  assert.equal((await journal.append(entry(100))).sequence, 1)
  assert.deepEqual(sequencesIn(directory, epoch, 30), upTo(30))
  const next = await reopened(journal, directory)
  assert.deepEqual(next, { recovered: [30, 1], others: ['file-system-untrusted'] })
})

test('what a failed write has lost is missing at the beginning of the next epoch', async (t) => {
  const disk = smallDisk(t, 3 * 1024 * 1024)
  if (!disk) return
  const directory = join(disk.path, 'journal')
  await using journal = await openJournal({ directory, segmentBytes: 65536, probeIntervalMs: 20 })
  await journal.append(entry(100))
  const epoch = journal.id!
  const { bavail, bsize } = statfsSync(disk.path)
  journal.appendUnsynced(entry(bavail * bsize + 200_000))
  for (let i = 0; i < 2; i++) journal.appendUnsynced(entry(100))
  while (journal.id === epoch) await sleep(5)
  assert.equal(journal.state().lost, 3)
  assert.equal((await journal.append(entry(100))).sequence, 4)
  const found: [from: number, count: number][] = []
  using reader = new EpochReader(directory, journal.id!, ({ firstLost, lostEvents }) =>
    found.push([firstLost, lostEvents]),
  )
  const records = reader.read({ sequence: 4 }, 10_000)
  assert.deepEqual([records.map(({ sequence }) => sequence), found], [[4], [[1, 3]]])
})

/** Closes the journal and opens it again: the last sequences of what is recovered, and what else is reported. */
async function reopened(journal: Journal, directory: string) {
  await journal.close()
  const recovered: number[] = []
  const others: string[] = []
  await using again = await openJournal({
    directory,
    onReport: (report) => {
      if (report.kind === 'epoch-recovered') recovered.push(report.lastSequence)
      else if (report.kind !== 'epoch-opened') others.push(report.kind)
    },
    segmentBytes: 65536,
  })
  assert.ok(again.state().available)
  return { recovered, others }
}

test('in a read-only directory it refuses until it may write', async (t) => {
  const disk = smallDisk(t, 2 * 1024 * 1024)
  if (!disk) return
  disk.setReadOnly(true)
  await using journal = await openJournal({
    directory: join(disk.path, 'journal'),
    segmentBytes: 65536,
    probeIntervalMs: 20,
  })
  await assert.rejects(journal.append(entry(10)), refusedWith('read-only'))
  assert.equal(journal.state().available, false)
  disk.setReadOnly(false)
  await becomesAvailable(journal)
  await journal.append(entry(10))
})

test('an entry that no frame can hold, or that cannot be built, takes no sequence number', async (t) => {
  await using journal = await openJournal({ directory: directoryFor(t) })
  await assert.rejects(journal.append(entry(9_000_000)), /Record of \d+ bytes is over the limit/)
  await assert.rejects(
    journal.append(() => {
      throw new Error('not today')
    }),
    /not today/,
  )
  assert.equal((await journal.append(entry(10))).sequence, 1)
  assert.equal((await journal.append(entry(8_000_000))).sequence, 2)
})
