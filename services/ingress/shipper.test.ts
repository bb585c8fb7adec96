import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bus, connectBus, ensureTopology, putKey } from '@airs-cp/bus'
import { buckets } from '@airs-cp/events'
import { type Journal, openJournal } from '@airs-cp/journal'
import { startNats } from '../../test/support/start-nats.ts'
import { makeTemporaryDirectory } from '../../test/support/temporary-directory.ts'
import { type ShipperReport, startShipper } from './shipper.ts'

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

async function jetStreamApi<Answer>(bus: Bus, subject: string, request: object = {}): Promise<Answer> {
  return (await bus.request(`$JS.API.${subject}`, JSON.stringify(request))).json<Answer>()
}

const deleteStream = (bus: Bus) => jetStreamApi(bus, 'STREAM.DELETE.TRAFFIC')

/** `journal/sequence` of all that the stream holds, in its order. */
async function stored(bus: Bus): Promise<string[]> {
  const { state } = await jetStreamApi<{ state: { last_seq: number } }>(bus, 'STREAM.INFO.TRAFFIC')
  return Promise.all(
    Array.from({ length: state.last_seq }, async (_, i) => {
      const request = { seq: i + 1 }
      const { message } = await jetStreamApi<{ message: { data: string } }>(
        bus,
        'STREAM.MSG.GET.TRAFFIC',
        request,
      )
      const { journal, sequence } = JSON.parse(Buffer.from(message.data, 'base64').toString())
      return `${journal}/${sequence}`
    }),
  )
}

async function until(condition: () => boolean | Promise<boolean>, what: string, timeoutMs = 10_000) {
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
  assert.equal(await shipper.drain(5000), true)
  assert.deepEqual(await stored(bus), all(journal.id!, 1000))
  const stats = shipper.stats()
  assert.equal(stats.connected, true)
  assert.equal(stats.shipped, 1000)
  assert.equal(stats.redelivered, 0)
})

test('acknowledges in recording mode replicated', async (t) => {
  const { nats } = await natsWithStreams(t)
  const journal = await journalIn(t)
  await using shipper = startShipper({ journal, natsUrl: nats.url, replicated: true })
  await until(() => shipper.stats().connected, 'connected')
  for (let sequence = 1; sequence <= 20; sequence++) {
    await appendMany(journal, 1)
    await shipper.waitForAck(journal.id!, sequence, 2000)
  }
  await assert.rejects(shipper.waitForAck(journal.id!, 21, 50), /did not acknowledge event 21/)
})

test('deletes what is confirmed, and not more', async (t) => {
  const { nats, bus } = await natsWithStreams(t)
  const journal = await journalIn(t)
  await using shipper = startShipper({ journal, natsUrl: nats.url, progressIntervalMs: 50 })
  await appendMany(journal, 1000)
  await shipper.drain(5000)
  const before = journal.state().segments
  await putKey(bus, buckets.journalProgress, journal.id!, { committed: 500, seen: 500 })
  await until(() => journal.state().segments < before, 'deleted')
  const between = journal.state().segments
  assert.ok(between > 2 && between < before - 2, `${before} segments, then ${between}`)
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
  assert.equal(await shipper.drain(5000), true)
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
  assert.equal(await shipper.drain(5000), true)
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
