import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  type Bus,
  connectBus,
  createPublisher,
  ensureTopology,
  findKey,
  followBucket,
  putKey,
} from '@airs-cp/bus'
import {
  buckets,
  controlSchemas,
  controlSubject,
  eventTypes,
  importedSubject,
  streams,
  subjectOfIngress,
  trafficSubject,
  usageSubject,
  usageSubjects,
} from '@airs-cp/events'
import {
  natsPermissions,
  natsUser,
  permissionsOf,
  userOfIngress,
} from '../../infra/local/nats-permissions.ts'
import { processes } from '../../infra/processes.ts'
import { jetStreamApi } from '../support/jetstream-api.ts'
import { startNats, type TestNats } from '../support/start-nats.ts'

const modeChanged = controlSubject('default', eventTypes.modeChanged)
const unnamed = trafficSubject('default', 'session', eventTypes.requestReceived)
const ingresses = ['ingress', 'ingress-east', 'ingress-west']
const requestReceived = subjectOfIngress(unnamed, 'ingress')

describe('the NATS user', () => {
  let nats: TestNats
  let administrator: Bus
  const buses = new Map<string, Bus>()

  before(async () => {
    const names = new Set([...Object.keys(natsPermissions), ...ingresses.map(userOfIngress)])
    const users = [...names].map((user) => [user, permissionsOf(user)!] as const)
    nats = await startNats(users.map(([user, permissions]) => ({ user, password: 'secret', permissions })))
    administrator = await connectBus({ url: nats.url, name: 'test' })
    await ensureTopology(administrator)
    for (const [user] of users)
      buses.set(user, await connectBus({ url: nats.urlFor(user, 'secret'), name: user }))
    await putKey(administrator, buckets.policy, 'active', { version: 1 })
  })
  after(async () => {
    for (const bus of [...buses.values(), administrator]) await bus?.close()
    await nats?.stop()
  })

  /** JetStream's answer; undefined when the server did not let the request through. */
  async function ask(user: string, subject: string, body: object = {}): Promise<object | undefined> {
    const response = buses.get(user)!.request(subject, JSON.stringify(body), { timeout: 30_000 })
    try {
      return (await response).json<object>()
    } catch (error) {
      assert.match(String(error), /permissions violation/i)
      return undefined
    }
  }
  const assertDenied = async (user: string, subject: string, body?: object) =>
    assert.equal(await ask(user, subject, body), undefined, `${user} may ask ${subject}`)

  /** Whether a message of this user reaches a subject. */
  async function reaches(user: string, subject: string): Promise<boolean> {
    let arrived = false
    const subscription = administrator.subscribe(subject, {
      callback: () => {
        arrived = true
      },
    })
    await administrator.flush()
    buses.get(user)!.publish(subject, 'attack')
    await buses.get(user)!.flush()
    await administrator.flush()
    subscription.unsubscribe()
    return arrived
  }

  /** Whether this user hears what is published to a subject. */
  async function hears(user: string, subject: string, published = subject): Promise<boolean> {
    const bus = buses.get(user)!
    let arrived = false
    const subscription = bus.subscribe(subject, {
      callback: (error) => {
        arrived ||= !error
      },
    })
    await bus.flush()
    administrator.publish(published, 'secret')
    await administrator.flush()
    await bus.flush()
    subscription.unsubscribe()
    return arrived
  }

  test('of the ingress publishes traffic, and watches policy and progress', async () => {
    const bus = buses.get('airs-ingress')!
    const publisher = createPublisher(bus)
    const ack = await new Promise((resolve, reject) =>
      publisher.publish(requestReceived, 'id-1', new TextEncoder().encode('{}'), (error, ack) =>
        error ? reject(error) : resolve(ack),
      ),
    )
    assert.deepEqual(ack, { stream: streams.traffic.name, streamSequence: 1, duplicate: false })
    publisher.close()
    const seen = Promise.withResolvers<string>()
    const stop = followBucket(bus, buckets.policy, {
      onSync: (entries) => seen.resolve(entries.get('active')!.text),
      onChange: () => {},
      onHeard: () => {},
      onProblem: (error) => seen.reject(error),
    })
    assert.equal(await seen.promise, '{"version":1}')
    stop()
    assert.equal(await findKey(bus, buckets.journalProgress, 'unknown'), undefined)
  })

  test('of the ingress cannot read what was recorded', async () => {
    const { name } = streams.traffic
    await assertDenied('airs-ingress', `$JS.API.STREAM.MSG.GET.${name}`, { seq: 1 })
    await assertDenied('airs-ingress', `$JS.API.DIRECT.GET.${name}`, { seq: 1 })
    await assertDenied('airs-ingress', `$JS.API.STREAM.INFO.${name}`)
    const config = { deliver_policy: 'all', ack_policy: 'none', deliver_subject: '_INBOX.airs-ingress.thief' }
    const consumer = { stream_name: name, config }
    await assertDenied('airs-ingress', `$JS.API.CONSUMER.CREATE.${name}`, consumer)
    await assertDenied('airs-ingress', `$JS.API.CONSUMER.CREATE.${name}.thief.airs.traffic.>`, consumer)
    await assertDenied('airs-ingress', `$JS.API.CONSUMER.DURABLE.CREATE.${name}.thief`, consumer)
    await assertDenied('airs-ingress', `$JS.API.CONSUMER.MSG.NEXT.${name}.audit-traffic`, { batch: 1 })
    assert.equal(await hears('airs-ingress', 'airs.traffic.>', requestReceived), false)
    assert.equal(await hears('airs-ingress', '>', requestReceived), false)
  })

  test('of the ingress cannot record changes of the control plane, nor change policy or progress', async () => {
    assert.equal(await reaches('airs-ingress', modeChanged), false)
    assert.equal(await reaches('airs-ingress', `$KV.${buckets.policy}.active`), false)
    assert.equal(await reaches('airs-ingress', `$KV.${buckets.journalProgress}.journal`), false)
    assert.deepEqual(await findKey(administrator, buckets.policy, 'active'), { version: 1 })
  })

  test('of the ingress cannot have JetStream write for it', async () => {
    const stream = `KV_${buckets.policy}`
    const filter = `$KV.${buckets.policy}.active`
    await ask('airs-ingress', `$JS.API.CONSUMER.CREATE.${stream}.deputy.${filter}`, {
      stream_name: stream,
      config: {
        name: 'deputy',
        filter_subject: filter,
        deliver_subject: modeChanged,
        deliver_policy: 'all',
        ack_policy: 'none',
      },
    })
    await putKey(administrator, buckets.policy, 'active', { version: 1 })
    const control = await jetStreamApi<{ state: { messages: number } }>(
      administrator,
      `STREAM.INFO.${streams.control.name}`,
    )
    assert.equal(control.state.messages, 0)
    await jetStreamApi(administrator, `CONSUMER.DELETE.${stream}.deputy`)
  })

  test('of none but the set-up deletes or empties a stream; policy removes what is left of deleted entries', async () => {
    const own = `KV_${buckets.policy}`
    for (const user of Object.keys(natsPermissions))
      for (const stream of [streams.traffic.name, streams.control.name, own]) {
        await assertDenied(user, `$JS.API.STREAM.DELETE.${stream}`)
        if (user !== 'airs-policy' || stream !== own)
          await assertDenied(user, `$JS.API.STREAM.PURGE.${stream}`)
        // What audit erases are single messages of exchanges.
        if (user !== 'airs-audit' || stream !== streams.traffic.name)
          await assertDenied(user, `$JS.API.STREAM.MSG.DELETE.${stream}`, { seq: 1 })
      }
  })

  test('of audit makes again what a server has lost, and changes nothing that is there', async () => {
    const { traffic, control } = streams
    await jetStreamApi(administrator, `STREAM.DELETE.${traffic.name}`)
    const kept = { name: control.name, subjects: control.subjects, max_age: 3_600_000_000_000 }
    await jetStreamApi(administrator, `STREAM.UPDATE.${control.name}`, kept)
    await ensureTopology(buses.get('airs-audit')!).catch(() => {})
    const info = (stream: string) =>
      jetStreamApi<{ config?: { max_age: number } }>(administrator, `STREAM.INFO.${stream}`)
    assert.equal((await info(traffic.name)).config?.max_age, traffic.maxAgeMs * 1_000_000)
    assert.equal((await info(control.name)).config?.max_age, kept.max_age)
    for (const { name } of [traffic, control])
      await assertDenied('airs-audit', `$JS.API.STREAM.UPDATE.${name}`, { name, num_replicas: 1 })
  })

  test('of a projection cannot take or acknowledge deliveries of another, nor read a stream that is not its own', async () => {
    const traffic = streams.traffic.name
    await assertDenied('airs-lineage', `$JS.API.CONSUMER.MSG.NEXT.${traffic}.audit-traffic`, { batch: 1 })
    await assertDenied('airs-lineage', `$JS.API.CONSUMER.DELETE.${traffic}.audit-traffic`)
    assert.equal(await reaches('airs-lineage', `$JS.ACK.${traffic}.audit-traffic.1.1.1.1.0`), false)
    await assertDenied('airs-lineage', `$JS.API.STREAM.INFO.${streams.control.name}`)
    await assertDenied('airs-export', `$JS.API.CONSUMER.CREATE.${traffic}.export.airs.traffic.>`)
    await assertDenied('airs-export-worker', `$JS.API.STREAM.MSG.GET.${traffic}`, { seq: 1 })
  })

  test('of an ingress records exchanges under its own name alone, and reports usage under it', async () => {
    for (const ingress of ingresses)
      for (const user of buses.keys()) {
        const isOwn = user === userOfIngress(ingress)
        assert.equal(await reaches(user, subjectOfIngress(unnamed, ingress)), isOwn, `${user}, ${ingress}`)
        assert.equal(await reaches(user, usageSubject(ingress)), isOwn, `${user}, usage of ${ingress}`)
      }
    for (const user of buses.keys()) {
      assert.equal(await reaches(user, unnamed), false, user)
      assert.equal(await reaches(user, `${requestReceived}.more`), false, user)
    }
  })

  test('of a further ingress has no more rights than the first: no change of the control plane, no progress', async () => {
    const subjects = Object.keys(controlSchemas).map((type) =>
      controlSubject('default', type as keyof typeof controlSchemas),
    )
    const others = [`$KV.${buckets.policy}.active`, `$KV.${buckets.journalProgress}.journal`]
    for (const subject of [...subjects, ...others])
      assert.equal(await reaches('airs-ingress-east', subject), false, subject)
    assert.equal(await hears('airs-ingress-east', '_INBOX.>', '_INBOX.airs-ingress-west.answer'), false)
    assert.equal(await hears('airs-ingress-east', 'airs.traffic.>', requestReceived), false)
    assert.equal(await hears('airs-ingress-east', usageSubjects, usageSubject('ingress-west')), true)
    await assertDenied('airs-ingress-east', `$JS.API.STREAM.MSG.GET.${streams.traffic.name}`, { seq: 1 })
  })

  test('of no other name is an ingress', () => {
    for (const user of [
      'airs-ingress.',
      'airs-ingress-*',
      'airs-ingress->',
      'airs-ingress-a.b',
      'airs-ingresses',
      'airs-setup',
    ])
      assert.equal(permissionsOf(user), undefined, user)
  })

  test('of audit closes exchanges', async () => {
    const abandoned = trafficSubject('default', 'session', eventTypes.exchangeAbandoned)
    assert.equal(await reaches('airs-audit', abandoned), true)
  })

  test('of audit alone brings in events of another instance', async () => {
    const subject = importedSubject('default', 'session', eventTypes.keyCreated)
    for (const user of Object.keys(natsPermissions))
      assert.equal(await reaches(user, subject), user === 'airs-audit', user)
  })

  test('of audit alone reports progress: a false report would have journals deleted', async () => {
    for (const user of Object.keys(natsPermissions)) {
      const subject = `$KV.${buckets.journalProgress}.journal`
      assert.equal(await reaches(user, subject), user === 'airs-audit', user)
    }
  })

  test('of policy alone sets what is in force', async () => {
    for (const user of Object.keys(natsPermissions)) {
      const subject = `$KV.${buckets.policy}.other`
      assert.equal(await reaches(user, subject), user === 'airs-policy', user)
    }
  })

  test('of exactly one service may record each change of the control plane', async () => {
    for (const type of Object.keys(controlSchemas) as (keyof typeof controlSchemas)[]) {
      const subject = controlSubject('default', type)
      const able: string[] = []
      for (const user of Object.keys(natsPermissions)) if (await reaches(user, subject)) able.push(user)
      assert.equal(able.length, 1, `${type} may be recorded by ${able.join(', ') || 'nobody'}`)
    }
  })

  test('hears no answer that is meant for another', async () => {
    for (const user of Object.keys(natsPermissions)) {
      assert.equal(await hears(user, '_INBOX.>', '_INBOX.airs-setup.answer'), false, user)
      const own = `_INBOX.${user}.answer`
      assert.equal(await hears(user, own), user !== 'airs-console', user)
    }
  })

  test('of every process is listed', () => {
    assert.deepEqual(Object.keys(natsPermissions).sort(), processes.map(natsUser).sort())
  })
})
