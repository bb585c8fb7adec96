import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freePort } from '../../infra/local/free-port.ts'
import { createLogger } from './log.ts'
import { createStandby } from './standby.ts'

test('a standby is alive and not ready, says why, and has metrics', async () => {
  const port = await freePort()
  const standby = createStandby(
    { host: '127.0.0.1', port, tls: undefined, limits: {} },
    createLogger('test', 'silent'),
  )
  standby.wait('another works')
  const ask = async (path: string) => {
    for (;;)
      try {
        return await fetch(`http://127.0.0.1:${port}${path}`)
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
  }
  try {
    assert.equal((await ask('/healthz')).status, 200)
    const ready = await ask('/readyz')
    assert.equal(ready.status, 503)
    assert.match(await ready.text(), /another works/)
    const metrics = await ask('/metrics')
    assert.equal(metrics.status, 200)
    assert.match(await metrics.text(), /^airs_standby 1$/m)
    assert.equal((await ask('/v1/events')).status, 503)
  } finally {
    await standby.takeOver()
  }
  await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`))
})
