import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { type Bus, connectBus } from '../../libs/bus/connect.ts'
import {
  createPublisher,
  type PublishAck,
  type PublishError,
  type Publisher,
} from '../../libs/bus/publisher.ts'
import { ensureTopology } from '../../libs/bus/topology.ts'
import { jetStreamApi } from '../support/jetstream-api.ts'
import { startNats } from '../support/start-nats.ts'

async function startedNats(t: TestContext) {
  const nats = await startNats()
  t.after(() => nats.stop())
  const bus = await connectBus({ url: nats.url, name: 'test' })
  t.after(() => bus.close())
  return { bus }
}

const subject = 'airs.traffic.default.0.request-received'

function publish(publisher: Publisher, id: string, to = subject, bytes = 100): Promise<PublishAck> {
  return new Promise((resolve, reject) => {
    publisher.publish(to, id, Buffer.alloc(bytes, 'x'), (error, ack) => (ack ? resolve(ack) : reject(error)))
  })
}

const failsFor = (reason: PublishError['reason']) => (error: unknown) =>
  (error as PublishError).name === 'PublishError' && (error as PublishError).reason === reason

async function until(bus: Bus, type: string): Promise<void> {
  for await (const status of bus.status()) if (status.type === type) return
}

async function messages(bus: Bus): Promise<number> {
  return (await jetStreamApi<{ state: { messages: number } }>(bus, 'STREAM.INFO.TRAFFIC')).state.messages
}

test('acknowledges each message with its place in the stream, and duplicates as such', async (t) => {
  const { bus } = await startedNats(t)
  await ensureTopology(bus)
  const publisher = createPublisher(bus)
  const acks = await Promise.all(Array.from({ length: 1000 }, (_, i) => publish(publisher, `id-${i}`)))
  assert.deepEqual(
    acks,
    acks.map((_, i) => ({ stream: 'TRAFFIC', streamSequence: i + 1, duplicate: false })),
  )
  assert.deepEqual(await publish(publisher, 'id-7'), {
    stream: 'TRAFFIC',
    streamSequence: 8,
    duplicate: true,
  })
  assert.equal(await messages(bus), 1000)
  assert.equal(publisher.inFlight, 0)
  publisher.close()
})

test('distinguishes no stream, an error of JetStream and an oversized message from an acknowledgement', async (t) => {
  const { bus } = await startedNats(t)
  const publisher = createPublisher(bus)
  await assert.rejects(publish(publisher, 'a'), failsFor('no-stream'))
  await ensureTopology(bus)
  await assert.rejects(publish(publisher, 'b', 'nobody.listens'), failsFor('no-stream'))
  await assert.rejects(publish(publisher, 'c', subject, 2_000_000), failsFor('too-large'))
  await assert.rejects(publish(publisher, 'd', 'not a subject'), failsFor('invalid'))
  const sealed = {
    name: 'SEALED',
    subjects: ['sealed'],
    max_msg_size: 10,
    storage: 'memory',
    retention: 'limits',
  }
  await jetStreamApi(bus, 'STREAM.CREATE.SEALED', sealed)
  await assert.rejects(publish(publisher, 'e', 'sealed'), failsFor('refused'))
  assert.equal((await publish(publisher, 'f')).streamSequence, 1)
  publisher.close()
})

test('gives up waiting for who listens and does not acknowledge', async (t) => {
  const { bus } = await startedNats(t)
  bus.subscribe('silent', { callback: () => {} })
  const publisher = createPublisher(bus, { ackTimeoutMs: 100 })
  await assert.rejects(publish(publisher, 'a', 'silent'), failsFor('timeout'))
  publisher.close()
})

test('an acknowledgement that comes too late is not taken for one of the next message', async (t) => {
  const { bus } = await startedNats(t)
  const replies: string[] = []
  bus.subscribe('slow', { callback: (_, message) => void replies.push(message.reply!) })
  const publisher = createPublisher(bus, { ackTimeoutMs: 200 })
  await assert.rejects(publish(publisher, 'a', 'slow'), failsFor('timeout'))
  const next = publish(publisher, 'b', 'slow')
  bus.publish(replies[0]!, JSON.stringify({ stream: 'TRAFFIC', seq: 7 }))
  await assert.rejects(next, failsFor('timeout'))
  publisher.close()
})

test('fails what is in flight when the connection is lost, and works again after it', async (t) => {
  const { bus } = await startedNats(t)
  await ensureTopology(bus)
  bus.subscribe('silent', { callback: () => {} })
  await bus.flush()
  const publisher = createPublisher(bus, { ackTimeoutMs: 60_000 })
  const lost = publish(publisher, 'a', 'silent')
  const settled = assert.rejects(lost, failsFor('disconnected'))
  await bus.flush()
  const reconnected = until(bus, 'reconnect')
  await bus.reconnect()
  await Promise.all([settled, reconnected])
  assert.equal((await publish(publisher, 'b')).streamSequence, 1)
  publisher.close()
})

test('bounds what is in flight by messages and by bytes, and reports when there is room and when all is done', async (t) => {
  const { bus } = await startedNats(t)
  await ensureTopology(bus)
  const publisher = createPublisher(bus, { windowMessages: 10, windowBytes: 5000 })
  let most = 0
  const all: Promise<unknown>[] = []
  for (let i = 0; i < 200; i++) {
    await publisher.room()
    all.push(publish(publisher, `id-${i}`, subject, i % 2 ? 10 : 2000))
    most = Math.max(most, publisher.inFlight)
  }
  await publisher.idle()
  assert.equal(publisher.inFlight, 0)
  await Promise.all(all)
  assert.ok(most > 1 && most <= 10, `${most} in flight`)
  publisher.close()
})

test('closing fails what is in flight, once', async (t) => {
  const { bus } = await startedNats(t)
  bus.subscribe('silent', { callback: () => {} })
  const publisher = createPublisher(bus)
  const closed = assert.rejects(publish(publisher, 'a', 'silent'), failsFor('closed'))
  publisher.close()
  await closed
})

test('who gives up on a server that never answers can end', async () => {
  const program = `
    import { connectBus } from ${JSON.stringify(new URL('../../libs/bus/connect.ts', import.meta.url).href)}
    const giveUp = new AbortController()
    const settings = { url: 'nats://127.0.0.1:1', name: 'test', waitMs: Infinity, signal: giveUp.signal }
    void connectBus(settings).then(() => process.exit(1))
    setTimeout(() => giveUp.abort(), 300)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'inherit' })
  const kill = setTimeout(() => child.kill('SIGKILL'), 20_000)
  const [code] = await once(child, 'exit')
  clearTimeout(kill)
  assert.equal(code, 0)
})
