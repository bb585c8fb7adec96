import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { connectBus, ensureTopology, putKey } from '@airs-cp/bus'
import { buckets } from '@airs-cp/events'
import { freePort } from '../../infra/local/free-port.ts'
import { startPublisher } from '../../services/policy/publishing/publisher.ts'
import { unpackFormerVersion, whyNoFormerVersion } from '../scale/former-version.ts'
import { until } from '../support/control.ts'
import { startNats } from '../support/start-nats.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { withoutSettings } from '../support/without-settings.ts'

const document = `name: no-cards
mode: enforce
direction: [request]
detectors: [{ detector: pii, types: [CREDIT_CARD], threshold: 0.8 }]
action: block
`

/** A policy service that was upgraded before the last ingress, against the order of docs/operations.md. */
test('an ingress of 0.1.0 keeps its policies beside a policy service of this version, and says that it is too old', {
  skip: whyNoFormerVersion() ?? false,
}, async (t) => {
  const directory = makeTemporaryDirectory()
  t.after(() => directory.remove())
  const former = join(directory.path, 'former')
  unpackFormerVersion(former)
  await using nats = await startNats()
  const bus = await connectBus({ url: nats.url, name: 'test' })
  t.after(() => bus.close())
  await ensureTopology(bus)
  const policies = [{ name: 'no-cards', version: 1, document }]
  await putKey(bus, buckets.policy, 'active', { version: 3, mode: 'enforce', policies })
  await putKey(bus, buckets.policy, 'keys', { keys: [] })
  await putKey(bus, buckets.policy, 'quarantine', { sessions: [] })

  const port = await freePort()
  const ingress = spawn(process.execPath, [join(former, 'services/ingress/main.ts')], {
    env: {
      ...withoutSettings(process.env),
      AIRS_INGRESS_PORT: String(port),
      AIRS_DATA_DIR: join(directory.path, 'data'),
      AIRS_FINGERPRINT_KEY: 'a key of the test, long enough',
      AIRS_PROVIDER: 'mock',
      NATS_URL: nats.url,
    },
    stdio: 'ignore',
  })
  t.after(async () => {
    const ended = once(ingress, 'exit')
    ingress.kill('SIGKILL')
    await ended
  })
  const url = `http://127.0.0.1:${port}`
  const readyz = async () =>
    (await fetch(`${url}/readyz`)).json() as Promise<{ ready: boolean; notes?: Record<string, string> }>
  const ask = async (content: string) => {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer test' },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }),
    })
    await response.arrayBuffer()
    return response.status
  }
  await until('the ingress of 0.1.0', async () => (await readyz().catch(() => undefined))?.ready || undefined)
  assert.equal((await readyz()).notes, undefined)
  assert.equal(await ask('Pay with 4111 1111 1111 1111'), 403)

  const empty = async () => ({ version: 7, entries: new Map<string, string>() })
  const publisher = startPublisher({
    bus,
    sources: {
      mode: async () => ({ value: 'enforce', version: 7 }),
      policies: empty,
      keys: empty,
      quarantine: empty,
      tools: empty,
      spent: async () => new Map(),
    },
  })
  t.after(() => publisher.close())
  const note = await until('it to say so', async () => (await readyz()).notes?.policy)
  assert.match(note, /cannot use policy set 7 and decides by set 3: .*version 0\.1 .* upgrade the ingress/)
  assert.equal(await ask('Pay with 4111 1111 1111 1111'), 403)
  assert.equal(await ask('mock:text=Done.'), 200)
})
