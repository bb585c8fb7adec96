import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { type Bus, connectBus, deleteKey, findKey, forgetDeletedKeys, putKey, putText } from '@airs-cp/bus'
import {
  buckets,
  entryNames,
  type Mode,
  type PublishedEntries,
  type PublishedPart,
  sha256Hex,
  uuidFrom,
} from '@airs-cp/events'
import { createLogger } from '@airs-cp/runtime'
import { controlNotes } from '../../services/ingress/controls/control-notes.ts'
import { type Controls, followControls } from '../../services/ingress/controls/follow-controls.ts'
import { type Publisher, startPublisher } from '../../services/policy/publishing/publisher.ts'
import { until } from '../support/control.ts'
import { jetStreamApi } from '../support/jetstream-api.ts'
import { startNats, type TestNats } from '../support/start-nats.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const log = createLogger('ingress', 'silent')

const keyNamed = (name: string, models: string[] = []): PublishedEntries['keys'] => ({
  keyId: uuidFrom(name),
  name,
  match: { sha256: sha256Hex(name) },
  limits: models.length > 0 ? { models } : {},
})
const quarantined = (session: string): PublishedEntries['quarantine'] => ({
  tenant: 'default',
  session,
  until: '2100-01-01T00:00:00.000Z',
})
const policyNamed = (name: string, description = ''): PublishedEntries['policies'] => ({
  name,
  version: 1,
  document: `name: ${name}\ndescription: "${description}"\nmode: observe\ndetectors: [{ detector: pii }]\naction: block\n`,
})

/** What Postgres would say. */
function world() {
  const versions = { mode: 1, policies: 1, keys: 1, quarantine: 1, tools: 1 }
  const state = {
    mode: 'enforce' as Mode,
    policies: [] as PublishedEntries['policies'][],
    keys: [] as PublishedEntries['keys'][],
    quarantine: [] as PublishedEntries['quarantine'][],
    tools: [] as PublishedEntries['tools'][],
  }
  const part = (name: PublishedPart) => async () => {
    const nameOf = entryNames[name] as (entry: unknown) => string
    return {
      version: versions[name],
      entries: new Map(state[name].map((entry) => [nameOf(entry), JSON.stringify(entry)])),
    }
  }
  return {
    state,
    versions,
    sources: {
      mode: async () => ({ value: state.mode, version: versions.mode }),
      policies: part('policies'),
      keys: part('keys'),
      quarantine: part('quarantine'),
      tools: part('tools'),
      spent: async () => new Map(state.keys.map((key) => [entryNames.spent(key), '7'])),
    },
  }
}

describe('what the policy service publishes and an ingress follows', () => {
  let nats: TestNats
  before(async () => {
    nats = await startNats()
  })
  after(() => nats.stop())

  async function publisherOf(t: TestContext, bus: Bus, of: ReturnType<typeof world>): Promise<Publisher> {
    const publisher = startPublisher({ bus, sources: of.sources, intervalMs: 200 })
    t.after(() => publisher.close())
    return publisher
  }

  async function followerOf(t: TestContext, connecting: Promise<Bus>, directory: string): Promise<Controls> {
    const files = {
      policySetFile: join(directory, 'policy-set.json'),
      clientKeysFile: join(directory, 'client-keys.json'),
      quarantineFile: join(directory, 'quarantine.json'),
      mcpToolsFile: join(directory, 'mcp-tools.json'),
    }
    const controls = await followControls(connecting, files, log)
    t.after(() => controls.close())
    return controls
  }

  /** A bus and a follower on an empty bucket. */
  async function begin(t: TestContext) {
    const directory = makeTemporaryDirectory()
    t.after(() => directory.remove())
    const bus = await connectBus({ url: nats.url, name: 'test' })
    t.after(() => bus.close())
    await dropBucket(bus)
    return {
      bus,
      directory: directory.path,
      controls: await followerOf(t, Promise.resolve(bus), directory.path),
    }
  }

  const dropBucket = (bus: Bus) => jetStreamApi(bus, `STREAM.DELETE.KV_${buckets.policy}`)

  const inForce = (controls: Controls, what: Partial<Record<PublishedPart, number>>) =>
    until(
      `${JSON.stringify(what)} to be in force`,
      async () =>
        Object.entries(what).every(
          ([part, version]) => controls[part as PublishedPart].version() === version,
        ) || undefined,
    )

  test('has no size: 3,000 keys, 3,000 sessions and large policies beside a key that is revoked', async (t) => {
    const { bus, controls } = await begin(t)
    const of = world()
    const names = Array.from({ length: 3_000 }, (_, index) => `key ${index}`)
    of.state.keys = names.map((name) => keyNamed(name))
    of.state.keys.push(
      ...['a', 'b', 'c', 'd'].map((name) => keyNamed(name, Array(20_000).fill(`model-${name}`))),
    )
    of.state.quarantine = names.map(quarantined)
    of.state.policies = [policyNamed('one', 'd'.repeat(600_000)), policyNamed('two', 'd'.repeat(600_000))]
    const publisher = await publisherOf(t, bus, of)
    await publisher.publish('keys')
    await inForce(controls, { keys: 1, quarantine: 1, policies: 1 })
    assert.equal(controls.keys.current()?.count, 3_004)
    assert.equal(controls.usage.spentUsdMicros(controls.keys.current()!.find('key 7', undefined)!), 7)
    assert.ok(controls.quarantine.current()?.find({ tenant: 'default', session: 'key 0', caller: undefined }))
    assert.equal(
      controls.quarantine.current()?.find({ tenant: 'default', session: 'other', caller: undefined }),
      undefined,
    )

    of.state.keys.shift()
    of.versions.keys = 2
    of.state.quarantine = of.state.quarantine.slice(1)
    of.versions.quarantine = 2
    of.state.mode = 'stop'
    of.versions.mode = 2
    await publisher.publish('mode', 'keys', 'quarantine')
    await inForce(controls, { keys: 2, quarantine: 2, policies: 1 })
    assert.equal(controls.keys.current()?.find('key 0', undefined), undefined)
    assert.equal(controls.keys.current()?.find('key 1', undefined)?.name, 'key 1')
    assert.equal(
      controls.quarantine.current()?.find({ tenant: 'default', session: 'key 0', caller: undefined }),
      undefined,
    )
    const messages = async () =>
      (await jetStreamApi<{ state: { messages: number } }>(bus, `STREAM.INFO.KV_${buckets.policy}`)).state
        .messages
    const withRemains = await messages()
    await forgetDeletedKeys(bus, buckets.policy, 0)
    assert.ok((await messages()) < withRemains, 'what is left of deleted entries goes')
    assert.equal(controls.keys.current()?.count, 3_003)
    assert.deepEqual([controls.mode()?.value, controls.policies.current()?.mode], ['stop', 'stop'])
  })

  test('an entry that cannot be written, or cannot be used, keeps nothing else from being in force', async (t) => {
    const { bus, controls } = await begin(t)
    const of = world()
    of.state.policies = [policyNamed('good')]
    const publisher = await publisherOf(t, bus, of)
    await publisher.publish('policies')
    await inForce(controls, { policies: 1, keys: 1, quarantine: 1 })

    of.state.policies = [policyNamed('good'), policyNamed('large', 'd'.repeat(2_000_000))]
    of.versions.policies = 2
    of.state.mode = 'off'
    of.versions.mode = 2
    of.state.keys = [keyNamed('app')]
    of.versions.keys = 2
    await assert.rejects(publisher.publish('mode', 'policies'), /payload/i)
    await publisher.publish('keys')
    await inForce(controls, { policies: 1, keys: 2 })
    assert.equal(controls.mode()?.value, 'off')
    await until('the problem to be known', async () => publisher.problem()?.what === 'policies' || undefined)

    of.state.policies = [{ ...policyNamed('good'), document: 'name: good\naction: explode\n' }]
    of.versions.policies = 3
    of.state.mode = 'stop'
    of.versions.mode = 3
    await publisher.publish('mode', 'policies')
    await until(
      'the set to be rejected',
      async () => controls.policies.rejected()?.version === 3 || undefined,
    )
    assert.deepEqual([controls.policies.version(), controls.mode()?.value], [1, 'stop'])
  })

  test('is as it was where entries are lost or damaged, until they are repaired', async (t) => {
    const { bus, controls } = await begin(t)
    const of = world()
    of.state.quarantine = [quarantined('bad'), quarantined('worse')]
    const publisher = await publisherOf(t, bus, of)
    await publisher.publish('quarantine')
    await inForce(controls, { quarantine: 1 })
    await publisher.close()

    await deleteKey(bus, buckets.policy, entryNames.quarantine(quarantined('bad')))
    await putText(bus, buckets.policy, entryNames.quarantine(quarantined('worse')), 'damaged')
    await until(
      'it to be noticed',
      async () => controls.quarantine.incompleteForMs() !== undefined || undefined,
    )
    assert.ok(controls.quarantine.current()?.find({ tenant: 'default', session: 'bad', caller: undefined }))
    assert.ok(controls.quarantine.current()?.find({ tenant: 'default', session: 'worse', caller: undefined }))
    await publisherOf(t, bus, of)
    await until(
      'it to be repaired',
      async () => controls.quarantine.incompleteForMs() === undefined || undefined,
    )

    await dropBucket(bus)
    await until('the bucket to be there again', async () =>
      findKey(bus, buckets.policy, entryNames.head).catch(() => undefined),
    )
    await until(
      'it to be whole',
      async () => controls.quarantine.incompleteForMs() === undefined || undefined,
    )
    assert.ok(controls.quarantine.current()?.find({ tenant: 'default', session: 'bad', caller: undefined }))
  })

  test('is unknown, not empty, until it was published or read from disk', async (t) => {
    const { controls } = await begin(t)
    assert.deepEqual(
      [controls.mode(), controls.policies.current(), controls.keys.current(), controls.quarantine.current()],
      [undefined, undefined, undefined, undefined],
    )
  })

  test('of older versions is taken up until there is a head, and then no longer', async (t) => {
    const { bus, directory, controls } = await begin(t)
    const key = { ...keyNamed('old'), spentUsdMicros: 11 }
    await putKey(bus, buckets.policy, 'active', { version: 5, mode: 'off', policies: [policyNamed('old')] })
    await putKey(bus, buckets.policy, 'keys', { keys: [key] })
    await putKey(bus, buckets.policy, 'quarantine', { sessions: [quarantined('old')] })
    await inForce(controls, { policies: 5, keys: 0, quarantine: 0 })
    assert.deepEqual([controls.mode()?.value, controls.policies.current()?.policies.length], ['off', 1])
    assert.equal(controls.usage.spentUsdMicros(controls.keys.current()!.find('old', undefined)!), 11)
    assert.ok(controls.quarantine.current()?.find({ tenant: 'default', session: 'old', caller: undefined }))
    await until('it to be on disk', async () => {
      const files = ['policy-set', 'client-keys', 'quarantine'].map((name) => `${directory}/${name}.json`)
      return (
        files.every((file) => existsSync(file) && readFileSync(file, 'utf8').includes('old')) || undefined
      )
    })

    const restarted = await followerOf(t, new Promise(() => {}), directory)
    assert.deepEqual(
      [restarted.mode()?.value, restarted.policies.origin(), restarted.keys.current()?.count],
      ['off', 'last-known-good', 1],
    )
    assert.ok(restarted.quarantine.current()?.find({ tenant: 'default', session: 'old', caller: undefined }))

    const of = world()
    of.state.mode = 'stop'
    of.versions.mode = 6
    of.state.policies = [policyNamed('old')]
    of.versions.policies = 6
    of.state.keys = [keyNamed('old')]
    await (await publisherOf(t, bus, of)).publish('mode', 'policies', 'keys', 'quarantine')
    await inForce(controls, { policies: 6, keys: 1, quarantine: 1 })
    assert.deepEqual(
      [
        controls.mode()?.value,
        controls.keys.current()?.count,
        controls.quarantine.current()?.find({ tenant: 'default', session: 'old', caller: undefined }),
      ],
      ['stop', 1, undefined],
    )
    for (const former of ['keys', 'quarantine'])
      assert.equal(await findKey(bus, buckets.policy, former), undefined, former)
    await until(
      'the mode to be on disk',
      async () => readFileSync(`${directory}/policy-set.json`, 'utf8').includes('"stop"') || undefined,
    )
    const stopped = await followerOf(t, new Promise(() => {}), directory)
    assert.equal(stopped.mode()?.value, 'stop', 'the kill switch holds without NATS')
  })

  test('of a later version is obeyed in whole or not at all, and what is not is named', async (t) => {
    const { bus, controls } = await begin(t)
    const of = world()
    of.state.policies = [policyNamed('good')]
    of.state.keys = [keyNamed('app')]
    const publisher = await publisherOf(t, bus, of)
    await publisher.publish('mode', 'policies', 'keys', 'quarantine', 'tools')
    await inForce(controls, { policies: 1, keys: 1, quarantine: 1, tools: 1 })
    const notes = controlNotes(controls)

    const later = (name: string, line: string) => ({
      ...policyNamed(name),
      document: `name: ${name}\n${line}\n`,
    })
    of.state.policies = [
      policyNamed('good', 'changed'),
      later('far', 'detectors: [{ detector: dreams }]\naction: block'),
      later('wide', 'detectors: [{ detector: pii }]\naction: block\nwithin: { days: 3 }'),
      later('odd', 'when: moon.isFull()\naction: block'),
    ]
    of.versions.policies = 2
    const limited = keyNamed('limited')
    Object.assign(limited.limits, { imagesPerMinute: 1 })
    of.state.keys = [limited]
    of.versions.keys = 2
    await publisher.publish('policies', 'keys')
    const rejected = await until(
      'the policies and keys to be refused',
      async () => controls.keys.rejected() && controls.policies.rejected(),
    )
    for (const name of ['far', 'wide', 'odd']) assert.match(rejected.message, new RegExp(`policy ${name}: `))
    assert.match(rejected.message, /dreams|detector/)
    assert.match(rejected.message, /within/)
    assert.doesNotMatch(rejected.message, /policy good/)
    assert.match(notes.policy!() ?? '', /cannot use policy set 2 and decides by set 1: policy far|line 2/)
    assert.match(notes.keys!() ?? '', /cannot use the client keys published last, .*imagesPerMinute/)
    assert.equal(controls.policies.current()?.policies[0]?.document.description, '')
    assert.ok(controls.keys.current()?.find('app', undefined))
    assert.equal(controls.keys.current()?.find('limited', undefined), undefined)
    await publisher.close()

    const head = (await findKey<Record<string, object>>(bus, buckets.policy, entryNames.head))!
    const part = { version: 1, count: 0, digest: sha256Hex('') }
    const mode = { value: 'stop', version: 2 }
    await putKey(bus, buckets.policy, entryNames.head, { ...head, mode, budgets: part })
    await until('the mode', async () => controls.mode()?.value === 'stop' || undefined)
    assert.match(
      notes.controls!() ?? '',
      /does not know, and does not obey, .* as budgets: upgrade this ingress/,
    )
    await putKey(bus, buckets.policy, entryNames.head, { ...head, mode: { value: 'drain', version: 3 } })
    await until(
      'the mode to be refused',
      async () =>
        /cannot use what the policy service published last, .*mode/.test(notes.controls!() ?? '') ||
        undefined,
    )
    assert.equal(controls.mode()?.value, 'stop')
    await putKey(bus, buckets.policy, entryNames.head, head)
    await until('the head to be used', async () => notes.controls!() === undefined || undefined)
  })
})
