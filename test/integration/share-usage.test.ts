import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectBus } from '@airs-cp/bus'
import { type ClientKey, sha256Hex, uuidFrom } from '@airs-cp/events'
import { createThrottle } from '@airs-cp/policy-engine'
import { createKeyUsage } from '../../services/ingress/controls/key-usage.ts'
import { shareUsage } from '../../services/ingress/controls/share-usage.ts'
import { createSpending } from '../../services/ingress/controls/spending.ts'
import { until } from '../support/control.ts'
import { startNats } from '../support/start-nats.ts'

const minuteMs = 60_000
const key: ClientKey = {
  keyId: uuidFrom('app'),
  name: 'app',
  match: { sha256: sha256Hex('app') },
  limits: { requestsPerMinute: 60, budgetUsdMicros: 1_000_000 },
}
const rule = { requests: 60, perSeconds: 60, by: 'session' } as const

/** An app that keeps to its limit, at two ingresses of which neither hears of the other for ten minutes. */
test('what was used while NATS was away long ago takes nothing from who keeps to a limit', async (t) => {
  await using nats = await startNats()
  let nowMs = 0
  const problems: unknown[] = []
  const open = async (name: string) => {
    const bus = await connectBus({ url: nats.url, name })
    t.after(() => bus.close())
    const usage = createKeyUsage(createSpending(), () => nowMs)
    const throttle = createThrottle(() => nowMs)
    const trouble = { failed: (error: unknown) => void problems.push(error), worked() {} }
    const sharing = shareUsage(
      bus,
      name,
      { usage, throttle },
      () => key,
      trouble,
      () => nowMs,
    )
    t.after(() => sharing.close())
    const pass = () => {
      usage.use(key, { requests: 1, usdMicros: 1 })
      const wait = throttle.wait('calm', rule, 's')
      if (wait === undefined) throttle.count('calm', rule, 's')
      return wait
    }
    return { usage, throttle, pass }
  }
  const [one, other] = [await open('ingress-1'), await open('ingress-2')]
  one.pass()
  await until('a report', async () => other.usage.spentUsdMicros(key) === 1 || undefined)

  await nats.process.stop()
  for (let minute = 0; minute < 10; minute++) {
    nowMs += minuteMs
    for (let count = 0; count < 15; count++)
      for (const { pass } of [one, other]) assert.equal(pass(), undefined, `minute ${minute}`)
    await sleep(300)
  }
  await nats.process.start()
  await until('the reports that waited', async () => other.usage.spentUsdMicros(key) > 151 || undefined)
  await sleep(600)
  assert.ok(other.usage.left(key).requests >= 20, `${other.usage.left(key).requests} of 60 are left`)
  assert.equal(other.pass(), undefined, 'the throttle lets it pass')

  one.pass()
  const before = other.usage.left(key).requests
  await until('reports as ever', async () => other.usage.left(key).requests < before || undefined)
  assert.deepEqual(problems, [])
})
