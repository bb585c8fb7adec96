import assert from 'node:assert/strict'
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { filesWith } from '../../test/support/files-with.ts'
import { JournalUnavailableError, openJournal } from './index.ts'

async function temporaryDirectory(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'journal-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  return directory
}

const entry = (text: string) => (journal: string, sequence: number) => ({
  subject: 'airs.traffic.default.0.request-received',
  id: `${journal}-${sequence}`,
  event: JSON.stringify({ sequence, text }),
})

test('numbers appends without gaps and says where each one is', async (t) => {
  await using journal = await openJournal({ directory: await temporaryDirectory(t) })
  const all = await Promise.all(Array.from({ length: 100 }, (_, i) => journal.append(entry(`text ${i}`))))
  assert.deepEqual(
    all.map(({ sequence }) => sequence),
    Array.from({ length: 100 }, (_, i) => i + 1),
  )
  assert.equal(journal.state().synced, 100)
  assert.equal(journal.state().available, true)
})

test('refuses after close and leaves a directory that the next one takes over', async (t) => {
  const directory = await temporaryDirectory(t)
  const first = await openJournal({ directory })
  await first.append(entry('one'))
  const id = first.id
  await first.close()
  await assert.rejects(
    first.append(entry('two')),
    (error) => error instanceof JournalUnavailableError && error.reason === 'closed',
  )
  const reports: string[] = []
  await using second = await openJournal({ directory, onReport: (report) => reports.push(report.kind) })
  assert.notEqual(second.id, id)
  assert.deepEqual(reports, ['epoch-recovered', 'epoch-opened'])
  await second.confirm(id!, 1)
  assert.equal((await readdir(directory)).includes(id!), false)
})

test('a second journal in the same directory waits until the first has closed', async (t) => {
  const directory = await temporaryDirectory(t)
  const first = await openJournal({ directory })
  await using second = await openJournal({ directory, probeIntervalMs: 10 })
  assert.equal(second.state().reason, 'locked')
  await first.close()
  while (!second.state().available) await new Promise((resolve) => setTimeout(resolve, 5))
  await second.append(entry('now'))
})

test('takes nothing before what must come before the first epoch, and tries that again until it works', async (t) => {
  const directory = await temporaryDirectory(t)
  const first = await openJournal({ directory })
  let tries = 0
  let works = false
  await using second = await openJournal({
    directory,
    probeIntervalMs: 5,
    async beforeFirstEpoch() {
      tries++
      if (!works) throw new Error('not yet')
    },
  })
  assert.equal(tries, 0)
  await first.close()
  while (tries < 2) await new Promise((resolve) => setTimeout(resolve, 1))
  await assert.rejects(second.append(entry('early')), JournalUnavailableError)
  const failed = tries
  works = true
  while (!second.state().available) await new Promise((resolve) => setTimeout(resolve, 1))
  await second.append(entry('now'))
  assert.equal(tries, failed + 1)
})

test('fills many segments and deletes those that are confirmed', async (t) => {
  const directory = await temporaryDirectory(t)
  await using journal = await openJournal({ directory, segmentBytes: 65536 })
  const text = 'x'.repeat(3000)
  for (let i = 0; i < 20; i++)
    await Promise.all(Array.from({ length: 10 }, () => journal.append(entry(text))))
  const { segments } = journal.state()
  assert.ok(segments > 5, `${segments} segments`)
  await journal.confirm(journal.id!, 200)
  assert.equal(journal.state().segments, 1)
})

test('what is to leave the disk is deleted when the next entry has begun a segment, and nothing is lost', async (t) => {
  const directory = await temporaryDirectory(t)
  await using journal = await openJournal({ directory })
  assert.equal(journal.turnOver(journal.id!, 1), false)
  await journal.append(entry('to be erased'))
  await journal.append(entry('kept'))
  await journal.confirm(journal.id!, 2)
  assert.ok(filesWith(directory, 'to be erased').length > 0)
  assert.equal(journal.turnOver('another journal', 1), false)
  assert.equal(journal.turnOver(journal.id!, 1), true)
  const { sequence } = await journal.append(entry('next'))
  assert.equal(sequence, 3)
  assert.equal(journal.turnOver(journal.id!, 1), false)
  await journal.confirm(journal.id!, 2)
  assert.deepEqual(filesWith(directory, 'to be erased'), [])
  assert.ok(filesWith(directory, 'next').length > 0)
})

test('locks a directory whatever the length of its path', async (t) => {
  const directory = join(await temporaryDirectory(t), 'd'.repeat(200), 'e'.repeat(200))
  const first = await openJournal({ directory })
  assert.equal(first.state().available, true)
  await using second = await openJournal({ directory, probeIntervalMs: 10 })
  assert.equal(second.state().reason, 'locked')
  await first.close()
  while (!second.state().available) await new Promise((resolve) => setTimeout(resolve, 5))
})

test('begins nothing in a directory that may be another process’s, before it hears so', async (t) => {
  const directory = await temporaryDirectory(t)
  let held = true
  let asked = 0
  let opened = 0
  await using journal = await openJournal({
    directory,
    probeIntervalMs: 1,
    onReport({ kind }) {
      if (kind === 'epoch-opened') opened += 1
    },
    lock: async () => ({
      isHeld: () => {
        if (!held) asked += 1
        return held
      },
      release: async () => {},
    }),
  })
  held = false
  await assert.rejects(journal.append(entry('written too late')), { reason: 'locked' })
  while (asked < 5 && opened === 1) await new Promise((resolve) => setTimeout(resolve, 1))
  assert.equal(opened, 1)
  assert.equal(journal.state().reason, 'locked')
})

test('counts nothing that is written after the lock is lost, and leaves the files to whoever has it now', async (t) => {
  const directory = await temporaryDirectory(t)
  let held = true
  let lose = () => {}
  const reports: string[] = []
  const journal = await openJournal({
    directory,
    onReport: ({ kind }) => reports.push(kind),
    lock: async (_, { onLost = () => {} } = {}) => {
      lose = onLost
      return { isHeld: () => held, release: async () => {} }
    },
  })
  await journal.append(entry('before'))
  held = false
  await assert.rejects(journal.append(entry('written too late')), { reason: 'locked' })
  lose()
  await assert.rejects(journal.append(entry('after')), { reason: 'locked' })
  assert.equal(journal.state().available, false)
  assert.ok(reports.includes('lock-lost'))
  const files = async () => (await readdir(directory, { recursive: true })).sort()
  const before = await files()
  const open = async () =>
    (
      await Promise.all(
        (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
      )
    ).filter((file) => file.endsWith('.segment') && file.startsWith(directory))
  if (process.platform === 'linux') assert.ok((await open()).length > 0)
  await journal.close()
  assert.deepEqual(await files(), before)
  if (process.platform === 'linux') assert.deepEqual(await open(), [])
})

test('has room again when little waits to be written, and says nothing while the disk keeps up', async (t) => {
  await using journal = await openJournal({ directory: await temporaryDirectory(t) })
  assert.equal(journal.room(), undefined)
  const megabyte = 'x'.repeat(1024 * 1024)
  let durable = 0
  const appended = Array.from({ length: 12 }, async (_, i) => {
    await journal.append(entry(`${i}${megabyte}`))
    durable++
  })
  const room = journal.room()
  assert.ok(room && journal.room() === room, 'all wait for the same')
  await room
  assert.ok(durable >= 8 && durable < 12, `${durable} of 12 were written`)
  assert.equal(journal.room(), undefined)
  await Promise.all(appended)
})

test('gives room when what waited is refused', async (t) => {
  let isHeld = true
  await using journal = await openJournal({
    directory: await temporaryDirectory(t),
    lock: async () => ({ isHeld: () => isHeld, release: async () => {} }),
  })
  const appended = Array.from({ length: 12 }, () => journal.append(entry('x'.repeat(1024 * 1024))))
  const room = journal.room()
  assert.ok(room)
  isHeld = false
  await Promise.all([room, ...appended.map((one) => assert.rejects(one, JournalUnavailableError))])
  assert.equal(journal.room(), undefined)
})
