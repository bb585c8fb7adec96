import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { airs } from '../support/airs.ts'
import { controlOf, until } from '../support/control.ts'
import { filesWith } from '../support/files-with.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const secret = Buffer.from('a secret of thirty-two bytes ...')
const canary = 'zebra crossing 4711'

describe('alerts', () => {
  let stack: Stack
  let control: ReturnType<typeof controlOf>
  let directory: TemporaryDirectory
  const received: { headers: IncomingHttpHeaders; body: string; status: number }[] = []
  /** What the receiver answers; 0: it cuts the connection. */
  let replies: number[] = []
  const receiver = createServer(async (request, response) => {
    const body = await text(request)
    const status = replies.shift() ?? 204
    received.push({ headers: request.headers, body, status })
    if (status === 0) request.socket.destroy()
    else response.writeHead(status).end()
  })

  before(async () => {
    directory = makeTemporaryDirectory()
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const { port } = receiver.address() as AddressInfo
    stack = await startStack({
      dataDir: directory.path,
      apart: ['policy'],
      env: {
        AIRS_MODE: 'enforce',
        AIRS_ALERT_URLS: `http://127.0.0.1:${port}/hooks/secret-path-0815`,
        AIRS_ALERT_SECRET: `whsec_${secret.toString('base64')}`,
        AIRS_ALERT_EVENTS: 'request-blocked,session-quarantined,mode-changed',
      },
    })
    control = controlOf(stack)
    await control.applyPolicy(
      'name: no-zebra\nmode: enforce\ndetectors: [{ detector: pattern, name: ANIMAL, pattern: zebra }]\naction: block\nowasp: [LLM02]\n',
    )
  })
  after(async () => {
    receiver.close()
    receiver.closeAllConnections()
    await stack?.stop()
    directory?.remove()
  })

  async function ask(): Promise<string> {
    const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session-id': 'session-alerts' },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `look, a ${canary}` }] }),
    })
    await response.arrayBuffer()
    assert.equal(response.status, 403)
    return response.headers.get('x-airs-exchange-id')!
  }
  const delivered = (about: string) =>
    until(`an alert about ${about}`, async () =>
      received.find(({ body, status }) => status === 204 && body.includes(about)),
    )

  test('are posted for what is blocked, signed, and without a word of what was said', async () => {
    const exchange = await ask()
    const { headers, body } = await delivered(exchange)
    const { type, data } = JSON.parse(body)
    assert.equal(type, 'airs.request-blocked.v1')
    assert.deepEqual(
      { session: data.session, exchange: data.exchange, action: data.action, findings: data.findings },
      { session: 'session-alerts', exchange, action: 'block', findings: { 'pattern:ANIMAL': 1 } },
    )
    assert.deepEqual(data.policies, [
      { policy: 'no-zebra', version: 1, action: 'block', enforced: true, owasp: ['LLM02:2025'] },
    ])
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const expected = createHmac('sha256', secret).update(signed).digest('base64')
    assert.equal(headers['webhook-signature'], `v1,${expected}`)
    assert.ok(Math.abs(Date.now() / 1_000 - Number(headers['webhook-timestamp'])) < 60)
    const [event] = await control.events(exchange, 1)
    assert.equal(headers['webhook-id'], event!.id)
  })

  test('are posted for what people do, with who and why', async () => {
    await airs(stack, ['quarantine', 'add', 'someone', '--reason', 'reported'])
    const { data } = JSON.parse((await delivered('"someone"')).body)
    const { cause, reason, actor } = data
    assert.deepEqual({ cause, reason, actor }, { cause: 'manual', reason: 'reported', actor: 'local' })
  })

  test('are posted again until they are taken, under the same id', async () => {
    replies = [500, 0]
    const exchange = await ask()
    await delivered(exchange)
    const tries = received.filter(({ body }) => body.includes(exchange))
    assert.deepEqual(
      tries.map(({ status }) => status),
      [500, 0, 204],
    )
    assert.equal(new Set(tries.map(({ headers }) => headers['webhook-id'])).size, 1)
  })

  test('outlive the service', async () => {
    replies = Array.from({ length: 100 }, () => 503)
    const exchange = await ask()
    await until('a first try', async () => received.find(({ body }) => body.includes(exchange)))
    stack.process('policy').kill('SIGKILL')
    replies = []
    await delivered(exchange)
    await stack.ready()
    const path = '/v1/alerts?limit=500'
    const { alerts, targets } = await until('it to be noted', async () => {
      const found = await control.json<{ alerts: Record<string, unknown>[]; targets: string[] }>('GET', path)
      return found.alerts.every(({ state }) => state === 'delivered') ? found : undefined
    })
    assert.ok(alerts.length >= 4)
    assert.match(targets[0]!, /^http:\/\/127\.0\.0\.1:\d+$/)
    assert.match((await airs(stack, ['alerts'])).out, /delivered/)
  })

  test('say nothing of what was said, and their address is written nowhere', async () => {
    assert.equal(received.filter(({ body }) => body.includes('zebra crossing')).length, 0)
    assert.deepEqual(await filesWith(directory.path, 'secret-path-0815'), [])
  })
})
