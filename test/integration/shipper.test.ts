import assert from 'node:assert/strict'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bus, connectBus, ensureTopology, putKey } from '@airs-cp/bus'
import { buckets, uuidv7 } from '@airs-cp/events'
import { type Journal, openJournal } from '@airs-cp/journal'
import { NotReplicatedError } from '../../services/ingress/shipping/not-replicated-error.ts'
import { type ShipperReport, startShipper } from '../../services/ingress/shipping/shipper.ts'
import { startNats } from '../support/start-nats.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { createTrafficSource } from '../support/traffic.ts'

async function natsWithStreams(t: TestContext) {
  const nats = await startNats()
  t.after(() => nats.stop())
  const bus = await connectBus({ url: nats.url, name: 'test' })
  t.after(() => bus.close())
  await ensureTopology(bus)
  return { nats, bus }
}

async function journalIn(t: TestContext, directory = makeTemporaryDirectory()): Promise<Journal> {
  const journal = await openJournal({ directory: directory.path, segmentBytes: 65536 })
  t.after(async () => {
    await journal.close()
    directory.remove()
  })
  return journal
}

async function appendMany(journal: Journal, count: number, bytes = 500): Promise<void> {
  const all = Array.from({ length: count }, () =>
    journal.append((id, sequence) => ({
      subject: 'airs.traffic.default.0.request-received',
      id: `${id}-${sequence}`,
      event: JSON.stringify({ journal: id, sequence, text: 'x'.repeat(bytes) }),
    })),
  )
  await Promise.all(all)
}

/** Asks until it is answered: a server that has just come back may still be starting. */
async function jetStreamApi<Reply>(bus: Bus, subject: string, request: object = {}): Promise<Reply> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await bus.request(`$JS.API.${subject}`, JSON.stringify(request))).json<Reply>()
    } catch (error) {
      if (attempt === 30) throw error
      await sleep(200)
    }
  }
}

const deleteStream = (bus: Bus) => jetStreamApi(bus, 'STREAM.DELETE.TRAFFIC')

/** `journal/sequence` of all that the stream holds, in its order. */
async function stored(bus: Bus): Promise<string[]> {
  const { state } = await jetStreamApi<{ state: { last_seq: number } }>(bus, 'STREAM.INFO.TRAFFIC')
  const all: string[] = []
  while (all.length < state.last_seq) {
    const next = Array.from({ length: Math.min(200, state.last_seq - all.length) }, async (_, i) => {
      const request = { seq: all.length + i + 1 }
      const { message } = await jetStreamApi<{ message: { data: string } }>(
        bus,
        'STREAM.MSG.GET.TRAFFIC',
        request,
      )
      const { journal, sequence } = JSON.parse(Buffer.from(message.data, 'base64').toString())
      return `${journal}/${sequence}`
    })
    all.push(...(await Promise.all(next)))
  }
  return all
}

async function until(condition: () => boolean | Promise<boolean>, what: string, timeoutMs = 60_000) {
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline) assert.fail(`${what}: not within ${timeoutMs} ms`)
    await sleep(20)
  }
}

const all = (journal: string, count: number) => Array.from({ length: count }, (_, i) => `${journal}/${i + 1}`)

test('ships everything in order and once', async (t) => {
  const { nats, bus } = await natsWithStreams(t)
  const journal = await journalIn(t)
  await using shipper = startShipper({ journal, natsUrl: nats.url })
  await appendMany(journal, 500)
  await appendMany(journal, 500)
  assert.equal(await shipper.drain(60_000), true)
  assert.deepEqual(await stored(bus), all(journal.id!, 1000))
  const stats = shipper.stats()
  assert.equal(stats.connected, true)
  assert.equal(stats.shipped, 1000)
  assert.equal(stats.redelivered, 0)
})

test('a stop is no lost connection', async (t) => {
  const { nats } = await natsWithStreams(t)
  const journal = await journalIn(t)
  const reports: ShipperReport[] = []
  const shipper = startShipper({ journal, natsUrl: nats.url, onReport: (report) => reports.push(report) })
  await until(() => shipper.stats().connected, 'connected')
  await shipper.close()
  assert.deepEqual(
    reports.map(({ kind }) => kind),
    ['connected'],
  )
})

test('acknowledges in recording mode replicated', async (t) => {
  const { nats } = await natsWithStreams(t)
  const journal = await journalIn(t)
  await using shipper = startShipper({ journal, natsUrl: nats.url, replicated: true })
  await until(() => shipper.stats().connected, 'connected')
  for (let sequence = 1; sequence <= 20; sequence++) {
    await appendMany(journal, 1)
    await shipper.waitForAck(journal.id!, sequence, 60_000)
  }
  await assert.rejects(shipper.waitForAck(journal.id!, 21, 50), NotReplicatedError)
  assert.equal(shipper.stats().ackTimeouts, 1)
})

test('reports what keeps acknowledgements from coming, until they come again', async (t) => {
  const { nats } = await natsWithStreams(t)
  const journal = await journalIn(t)
  await using shipper = startShipper({ journal, natsUrl: nats.url, replicated: true, ackTimeoutMs: 1_000 })
  assert.equal(shipper.obstacle(), 'not connected to NATS')
  await until(() => shipper.obstacle() === undefined, 'connected')
  nats.process.kill('SIGSTOP')
  await appendMany(journal, 1)
  await until(() => /not acknowledged the oldest event/.test(shipper.obstacle() ?? ''), 'silence noticed')
  nats.process.kill('SIGCONT')
  await until(() => shipper.obstacle() === undefined, 'acknowledged')
  await nats.process.stop()
  await until(() => shipper.obstacle() === 'not connected to NATS', 'loss noticed')
})

test('ships a cut event in place of one that is too large, as version 0.1.0 may have left it', async (t) => {
  const { nats, bus } = await natsWithStreams(t)
  const journal = await journalIn(t)
  const source = createTrafficSource()
  const { json } = source.request(undefined, undefined, undefined, {})
  await appendMany(journal, 2)
  await journal.append((id, sequence) => {
    const event = JSON.parse(json)
    event.data.request.model = 'm'.repeat(1_500_000)
    const own = { ...event, id: uuidv7(), journal: id, sequence }
    return { subject: 'airs.traffic.default.0.request-received', id: own.id, event: JSON.stringify(own) }
  })
  await appendMany(journal, 2)
  const shipper = startShipper({ journal, natsUrl: nats.url, replicated: true })
  t.after(() => shipper.close())
  await shipper.waitForAck(journal.id!, 5, 60_000)
  const inPlace = (await stored(bus)).filter((place) => place.startsWith(journal.id!))
  assert.deepEqual(inPlace.toSorted(), all(journal.id!, 5))
  await until(() => shipper.stats().unshippable === 1, 'reported by the worker')
})

test('does not believe that more is committed than it has written', async (t) => {
  const { nats, bus } = await natsWithStreams(t)
  const journal = await journalIn(t)
  const reports: ShipperReport[] = []
  const shipper = startShipper({
    journal,
    natsUrl: nats.url,
    progressIntervalMs: 50,
    onReport: (report) => reports.push(report),
  })
  t.after(() => shipper.close())
  await appendMany(journal, 3)
  await putKey(bus, buckets.journalProgress, journal.id!, { committed: 9_000_000, seen: 9_000_000 })
  await until(() => reports.some(({ kind }) => kind === 'progress-refused'), 'the refusal')
  await appendMany(journal, 3)
  assert.equal(await shipper.drain(60_000), true)
  assert.deepEqual(await stored(bus), all(journal.id!, 6))
})

test('fills what was purged from a stream within the time in which JetStream takes nothing twice', async (t) => {
  const { nats, bus } = await natsWithStreams(t)
  const journal = await journalIn(t)
  const shipper = startShipper({ journal, natsUrl: nats.url, progressIntervalMs: 50, stallMs: 300 })
  t.after(() => shipper.close())
  await appendMany(journal, 5)
  assert.equal(await shipper.drain(60_000), true)
  await putKey(bus, buckets.journalProgress, journal.id!, { committed: 2, seen: 2 })
  await jetStreamApi(bus, 'STREAM.PURGE.TRAFFIC')
  const messages = async () =>
    (await jetStreamApi<{ state: { messages: number } }>(bus, 'STREAM.INFO.TRAFFIC')).state.messages
  await until(async () => (await messages()) > 0, 'the probe')
  await putKey(bus, buckets.journalProgress, journal.id!, { committed: 3, seen: 3 })
  await until(async () => (await messages()) >= 3, 'the rest')
})

test('deletes what is confirmed, and not more', async (t) => {
  const { nats, bus } = await natsWithStreams(t)
  const journal = await journalIn(t)
  await using shipper = startShipper({ journal, natsUrl: nats.url, progressIntervalMs: 50 })
  await appendMany(journal, 1000)
  await shipper.drain(60_000)
  const before = journal.state().segments
  await putKey(bus, buckets.journalProgress, journal.id!, { committed: 500, seen: 500 })
  await until(() => journal.state().segments < before - 3, 'deleted')
  await sleep(200)
  const between = journal.state().segments
  assert.ok(between >= before / 2, `${before} segments, then ${between}`)
  await putKey(bus, buckets.journalProgress, journal.id!, { committed: 1000, seen: 1000 })
  await until(() => journal.state().segments === 1, 'all deleted')
})

test('ships what an earlier process left, before its own', async (t) => {
  const { nats, bus } = await natsWithStreams(t)
  const directory = makeTemporaryDirectory()
  const first = await openJournal({ directory: directory.path })
  await appendMany(first, 300)
  await first.close()
  const journal = await journalIn(t, directory)
  await appendMany(journal, 10)
  await using shipper = startShipper({ journal, natsUrl: nats.url, progressIntervalMs: 50 })
  assert.equal(await shipper.drain(60_000), true)
  assert.deepEqual(await stored(bus), [...all(first.id!, 300), ...all(journal.id!, 10)])
  await putKey(bus, buckets.journalProgress, first.id!, { committed: 300, seen: 300 })
  await until(() => shipper.stats().journals.length === 1, 'the first epoch is gone')
})

test('heals a stream that was deleted, while idle and while busy', async (t) => {
  const { nats, bus } = await natsWithStreams(t)
  const journal = await journalIn(t)
  const reports: ShipperReport[] = []
  await using shipper = startShipper({
    journal,
    natsUrl: nats.url,
    progressIntervalMs: 50,
    stallMs: 300,
    onReport: (report) => reports.push(report),
  })
  await appendMany(journal, 200)
  assert.equal(await shipper.drain(60_000), true)
  await deleteStream(bus)
  await ensureTopology(bus)
  await until(async () => (await stored(bus)).length >= 200, 'all is there again')
  assert.deepEqual([...new Set(await stored(bus))].sort(), all(journal.id!, 200).sort())
  assert.ok(reports.some((report) => report.kind === 'rewound' && report.reason === 'store-replaced'))
  await deleteStream(bus)
  await appendMany(journal, 100)
  await sleep(200)
  await ensureTopology(bus)
  await until(async () => new Set(await stored(bus)).size === 300, 'all is there once more')
})

test('waits for a server and for the streams, and then ships all that has gathered', async (t) => {
  const { nats, bus } = await natsWithStreams(t)
  await deleteStream(bus)
  await nats.process.stop()
  const journal = await journalIn(t)
  const reports: ShipperReport[] = []
  await using shipper = startShipper({
    journal,
    natsUrl: nats.url,
    onReport: (report) => reports.push(report),
  })
  await appendMany(journal, 300)
  assert.equal(await shipper.drain(300), false)
  assert.equal(shipper.stats().connected, false)
  await until(() => shipper.stats().oldestUnshippedAgeMs > 0, 'an age')
  await nats.process.start()
  await until(() => reports.some((report) => report.kind === 'publish-failed'), 'no stream is reported')
  assert.equal(await shipper.drain(300), false)
  await ensureTopology(bus)
  assert.equal(await shipper.drain(60_000), true)
  assert.deepEqual([...new Set(await stored(bus))], all(journal.id!, 300))
  assert.equal(shipper.stats().oldestUnshippedAgeMs, 0)
})

test('goes on where it was when the server is killed again and again', async (t) => {
  const { nats, bus } = await natsWithStreams(t)
  const journal = await journalIn(t)
  await using shipper = startShipper({ journal, natsUrl: nats.url })
  for (let round = 0; round < 3; round++) {
    const appending = appendMany(journal, 2000)
    await sleep(30 * round)
    nats.process.kill('SIGKILL')
    await appending
    await sleep(150)
    await nats.ready()
  }
  assert.equal(await shipper.drain(60_000), true)
  assert.deepEqual([...new Set(await stored(bus))], all(journal.id!, 6000))
})

test('fills a store that was deleted with the server, though it was idle and restarted in between', async (t) => {
  const { nats, bus } = await natsWithStreams(t)
  const directory = makeTemporaryDirectory()
  const first = await openJournal({ directory: directory.path })
  await appendMany(first, 200)
  const shipper = startShipper({ journal: first, natsUrl: nats.url })
  assert.equal(await shipper.drain(60_000), true)
  await putKey(bus, buckets.journalProgress, first.id!, { committed: 50, seen: 50 })
  await first.close()
  await shipper.close()
  await nats.process.stop()
  rmSync(nats.storeDirectory, { recursive: true })
  await nats.process.start()
  await nats.ready()
  await until(
    () =>
      bus.flush().then(
        () => true,
        () => false,
      ),
    'reconnected',
  )
  await ensureTopology(bus)
  await putKey(bus, buckets.journalProgress, first.id!, { committed: 50, seen: 50 })
  const journal = await journalIn(t, directory)
  await using again = startShipper({ journal, natsUrl: nats.url, progressIntervalMs: 50, stallMs: 200 })
  await until(() => again.stats().connected, 'connected')
  await until(async () => new Set(await stored(bus)).size === 150, 'what was not committed is there')
  assert.equal((await stored(bus)).filter((place) => place.endsWith('/50')).length, 0)
})

test('after a restart it ships nothing that it has shipped, and nothing that is committed', async (t) => {
  const { nats, bus } = await natsWithStreams(t)
  const directory = makeTemporaryDirectory()
  const first = await openJournal({ directory: directory.path })
  await appendMany(first, 100)
  const before = startShipper({ journal: first, natsUrl: nats.url })
  assert.equal(await before.drain(60_000), true)
  await before.close()
  await appendMany(first, 50)
  await first.close()
  const journal = await journalIn(t, directory)
  await using shipper = startShipper({ journal, natsUrl: nats.url })
  assert.equal(await shipper.drain(60_000), true)
  assert.equal(shipper.stats().shipped, 50)
  assert.deepEqual(await stored(bus), all(first.id!, 150))
})

test('ships the rest of a journal with a damaged segment, and counts what is lost', async (t) => {
  const { nats, bus } = await natsWithStreams(t)
  const directory = makeTemporaryDirectory()
  const first = await openJournal({ directory: directory.path, segmentBytes: 65536 })
  await appendMany(first, 300)
  await first.close()
  const file = join(directory.path, first.id!, '00000002.segment')
  const bytes = readFileSync(file)
  bytes.fill(0x20, 10_000, 11_000)
  writeFileSync(file, bytes)
  const journal = await journalIn(t, directory)
  const reports: ShipperReport[] = []
  await using shipper = startShipper({
    journal,
    natsUrl: nats.url,
    onReport: (report) => reports.push(report),
  })
  assert.equal(await shipper.drain(60_000), true)
  const damage = reports.find((report) => report.kind === 'damage')
  assert.ok(damage && damage.file === file && damage.lostEvents >= 1 && damage.lostEvents <= 3)
  assert.equal(shipper.stats().lostEvents, damage.lostEvents)
  const lost = new Set(
    Array.from({ length: damage.lostEvents }, (_, i) => `${first.id}/${damage.firstLost + i}`),
  )
  assert.deepEqual(
    await stored(bus),
    all(first.id!, 300).filter((place) => !lost.has(place)),
  )
  assert.ok(existsSync(damage.quarantineFile!))
})

test('ships again from a gap that the audit service sees', async (t) => {
  const { nats, bus } = await natsWithStreams(t)
  const journal = await journalIn(t)
  const reports: ShipperReport[] = []
  await using shipper = startShipper({
    journal,
    natsUrl: nats.url,
    progressIntervalMs: 50,
    stallMs: 200,
    onReport: (report) => reports.push(report),
  })
  await appendMany(journal, 100)
  assert.equal(await shipper.drain(60_000), true)
  await putKey(bus, buckets.journalProgress, journal.id!, { committed: 40, seen: 100 })
  const rewound = () => reports.filter((report) => report.kind === 'rewound')
  await until(() => rewound().length > 0, 'rewound')
  assert.deepEqual(rewound()[0], { kind: 'rewound', journal: journal.id, from: 41, reason: 'missing' })
  await until(() => shipper.stats().redelivered >= 60, 'shipped again')
  await putKey(bus, buckets.journalProgress, journal.id!, { committed: 100, seen: 100 })
  await until(() => shipper.stats().journals[0]?.confirmed === 100, 'confirmed')
  const { length } = rewound()
  await sleep(600)
  assert.equal(rewound().length, length)
})

test('may do no more than publish traffic and read progress', async (t) => {
  const password = 'secret'
  const publish = { allow: ['airs.traffic.>', '$JS.API.STREAM.MSG.GET.KV_airs-journal-progress'] }
  const nats = await startNats([
    { user: 'ingress', password, permissions: { publish, subscribe: { allow: ['_INBOX.>'] } } },
  ])
  t.after(() => nats.stop())
  const bus = await connectBus({ url: nats.url, name: 'test' })
  t.after(() => bus.close())
  await ensureTopology(bus)
  const journal = await journalIn(t)
  await using shipper = startShipper({
    journal,
    natsUrl: nats.urlFor('ingress', password),
    progressIntervalMs: 50,
  })
  await appendMany(journal, 500)
  assert.equal(await shipper.drain(60_000), true)
  await putKey(bus, buckets.journalProgress, journal.id!, { committed: 500, seen: 500 })
  await until(() => journal.state().segments === 1, 'deleted')
})

test('starts its worker again when that dies', async (t) => {
  const { nats, bus } = await natsWithStreams(t)
  const directory = makeTemporaryDirectory()
  const first = await openJournal({ directory: directory.path })
  await appendMany(first, 50)
  await first.close()
  const journal = await journalIn(t, directory)
  const epoch = join(directory.path, first.id!)
  renameSync(epoch, `${epoch}.away`)
  writeFileSync(epoch, 'not a directory')
  const reports: ShipperReport[] = []
  await using shipper = startShipper({
    journal,
    natsUrl: nats.url,
    onReport: (report) => reports.push(report),
  })
  const drained = shipper.drain(60_000)
  await until(() => reports.some((report) => report.kind === 'worker-failed'), 'the worker dies')
  rmSync(epoch)
  renameSync(`${epoch}.away`, epoch)
  assert.equal(await drained, true)
  assert.ok(shipper.stats().workerRestarts > 0)
  assert.deepEqual(await stored(bus), all(first.id!, 50))
})
