import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { addIngress } from '../../infra/local/add-ingress.ts'
import { freePort } from '../../infra/local/free-port.ts'
import { airs } from '../support/airs.ts'
import { controlOf, until } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'
import { type PricedProvider, startPricedProvider } from './priced-provider.ts'

type Reply = { status: number; exchange: string; code: string | undefined }
type Key = { keyId: string; key: string }

/** By the table of prices, one million tokens of output cost 10 USD. */
const model = 'gpt-4o'

describe('client keys', () => {
  let provider: PricedProvider
  let directory: TemporaryDirectory
  let stack: Stack
  let control: ReturnType<typeof controlOf>

  before(async () => {
    directory = makeTemporaryDirectory()
    provider = await startPricedProvider()
    stack = await startStack({
      dataDir: directory.path,
      apart: ['ingress'],
      env: {
        AIRS_MODE: 'enforce',
        AIRS_PROVIDER: 'openai',
        AIRS_OPENAI_BASE_URL: provider.baseUrl,
        AIRS_OPENAI_API_KEY: 'sk-of-the-server',
        AIRS_KEYS: 'required',
      },
    })
    control = controlOf(stack)
  })
  after(async () => {
    provider?.close()
    await stack?.stop()
    directory?.remove()
  })

  const ask = async (
    key: string,
    tokens = 1,
    headers: Record<string, string> = {},
    ingress = stack.urls.ingress!,
    more: object = {},
  ): Promise<Reply> => {
    const response = await fetch(`${ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
      body: JSON.stringify({
        ...{ model, max_tokens: tokens, messages: [{ role: 'user', content: 'Hello' }] },
        ...more,
      }),
    })
    const { error } = (await response.json()) as { error?: { code: string } }
    const exchange = response.headers.get('x-airs-exchange-id')!
    return { status: response.status, exchange, code: error?.code }
  }
  const run = async (...args: string[]) => {
    const { code, out, err } = await airs(stack, args)
    assert.equal(code, 0, err)
    return out
  }
  const create = (name: string, more: object = {}) => control.json<Key>('POST', '/v1/keys', { name, ...more })

  test('fix agent, tags and tenant, which headers of the client do not override', async () => {
    const out = await run(
      ...['keys', 'create', 'billing', '--agent', 'billing-agent', '--tag', 'prod', 'eu', '--tenant', 'acme'],
    )
    const [key] = out.split('\n')
    const claims = { 'x-airs-agent': 'admin', 'x-airs-tags': 'trusted', 'x-session-id': 's1' }
    const { exchange, status } = await ask(key!, 1, claims)
    assert.equal(status, 200)
    const [request, response] = await control.events(exchange, 2)
    const { agent, tags, verified } = request!.data
    assert.deepEqual([agent, tags, verified], ['billing-agent', ['prod', 'eu'], ['tenant', 'agent', 'tags']])
    assert.deepEqual(
      [request, response].map((event) => (event as { tenant?: string }).tenant),
      ['acme', 'acme'],
    )
    const { key: plain } = await create('plain')
    const [unverified] = await control.events((await ask(plain, 1, claims)).exchange, 2)
    assert.deepEqual([unverified!.data.agent, unverified!.data.verified], ['admin', undefined])
  })

  test('are held to their models in each place where a body names some', async () => {
    const { key } = await create('routed', { models: ['gpt-4o*'] })
    const { key: paying } = await create('routed-and-paying', { budgetUsdMicros: 1_000_000 })
    const askFor = async (by: string, models: string[]) =>
      (await ask(by, 1, {}, stack.urls.ingress!, { models })).code
    assert.equal(await askFor(key, ['gpt-4o', 'gpt-4o-mini']), undefined)
    assert.equal(await askFor(key, ['gpt-4o', 'o3-pro']), 'model_not_allowed')
    assert.equal(await askFor(paying, ['gpt-4o', 'nobody/knows-this']), 'model_without_price')
  })

  test('are edited in place', async () => {
    const { key, keyId } = await create('editable', { requestsPerMinute: 1_000, agent: 'one' })
    assert.equal((await ask(key)).status, 200)
    assert.match(
      await run('keys', 'edit', 'editable', '--model', 'claude-*', '--agent', 'none'),
      /models claude-\*/,
    )
    assert.equal((await ask(key)).code, 'model_not_allowed')
    await run('keys', 'edit', keyId, '--model', 'none', '--expires', '1s')
    await until('the key to expire', async () => ((await ask(key)).code === 'key_expired' ? true : undefined))
    await run('keys', 'edit', keyId, '--expires', 'none', '--name', 'edited', '--reason', 'they asked')
    const { exchange, status } = await ask(key)
    assert.equal(status, 200)
    const [request] = await control.events(exchange, 2)
    assert.deepEqual([request!.data.key.name, request!.data.verified], ['edited', undefined])
    const shown = JSON.parse(await run('keys', 'show', 'edited', '--json'))
    assert.deepEqual([shown.limits, shown.fixed], [{ requestsPerMinute: 1_000 }, {}])
    await assert.rejects(control.json('PATCH', `/v1/keys/${keyId}`, { budgetPeriod: 'day' }), /400/)
    const { events } = await control.json<{ events: { data: { reason?: string } }[] }>(
      'GET',
      '/v1/events?type=airs.key-changed.v1',
    )
    assert.equal(events[0]!.data.reason, 'they asked')
  })

  test('are rotated: the former secret is accepted for its grace, and then not', async () => {
    const { key, keyId } = await create('rotating')
    const [second] = (await run('keys', 'rotate', 'rotating', '--grace', '15s')).split('\n')
    assert.deepEqual([(await ask(key)).status, (await ask(second!)).status], [200, 200])
    await until('the grace to be over', async () => ((await ask(key)).status === 401 ? true : undefined))
    assert.equal((await ask(second!)).status, 200)
    const [third] = (await run('keys', 'rotate', keyId, '--grace', '0')).split('\n')
    assert.deepEqual([(await ask(second!)).status, (await ask(third!)).status], [401, 200])
    const stored = String(await control.exportEvents())
    for (const secret of [key, second!, third!]) assert.ok(!stored.includes(secret))
    await run('keys', 'revoke', 'rotating')
    assert.equal((await ask(third!)).status, 401)
    await assert.rejects(control.json('POST', `/v1/keys/${keyId}/rotate`, {}), /409.*key_revoked/)
  })

  test('have budgets with a period, of which a restart forgets nothing', async () => {
    await run('keys', 'create', 'spender', '--budget-usd', '0.05', '--budget-period', 'month')
    const { key } = JSON.parse(await run('keys', 'rotate', 'spender', '--json'))
    for (let count = 0; count < 4; count++) assert.equal((await ask(key, 1_000)).status, 200)
    const spender = async () => JSON.parse(await run('keys', 'show', 'spender', '--json'))
    await until('the spending to be counted', async () =>
      (await spender()).budget.spentUsdMicros === 40_000 ? true : undefined,
    )
    const { budget } = await spender()
    assert.deepEqual([budget.period, budget.usdMicros, budget.remainingUsdMicros], ['month', 50_000, 10_000])
    assert.match(budget.renewsAt, /-01T00:00:00\.000Z$/)
    assert.match(await run('keys', 'list'), /spender +in force +\$0\.05 a month +- +\$0\.0400 +\$0\.0100/)
    assert.equal((await ask(key, 1_000)).status, 200)
    assert.equal((await ask(key, 1_000)).code, 'insufficient_quota')
    await stack.process('ingress').stop()
    await stack.process('ingress').start()
    await until(
      'the ingress',
      async () => (await fetch(`${stack.urls.ingress}/readyz`).catch(() => undefined))?.ok || undefined,
    )
    assert.equal((await ask(key, 1_000)).code, 'insufficient_quota')
    await run('keys', 'edit', 'spender', '--budget-usd', '0.07')
    assert.equal((await ask(key, 1_000)).status, 200)
  })

  test('own the responses that the provider keeps, and pay for one in the background when they fetch it', async () => {
    const [mine, other] = [
      (await create('background', { models: ['gpt-4o'] })).key,
      (await create('nosy')).key,
    ]
    const call = async (key: string, method: string, path: string, body?: object) => {
      const response = await fetch(`${stack.urls.ingress}/v1/responses${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify({ model, input: 'Hello', ...body }) }),
      })
      const { id, status, error } = (await response.json()) as {
        id?: string
        status?: string
        error?: { code: string }
      }
      const exchange = response.headers.get('x-airs-exchange-id')!
      return { http: response.status, id: id!, status, code: error?.code, exchange }
    }
    const spent = async () => JSON.parse(await run('keys', 'show', 'background', '--json')).spentUsdMicros
    const made = await call(mine, 'POST', '', { background: true, max_output_tokens: 5_000 })
    assert.deepEqual([made.http, made.status], [200, 'queued'])
    for (const [method, path] of [
      ['GET', `/${made.id}`],
      ['GET', `/${made.id}/input_items`],
      ['POST', `/${made.id}/cancel`],
      ['DELETE', `/${made.id}`],
      ['GET', '/resp_of_nobody'],
    ] as const)
      assert.deepEqual((await call(other, method, path)).code, 'response_not_found', path)
    const continued = await call(other, 'POST', '', { previous_response_id: made.id })
    assert.equal(continued.code, 'response_not_found')
    const own = await call(other, 'POST', '', {})
    for (const [id, code] of [
      [made.id, 'response_not_found'],
      [own.id, undefined],
    ] as const) {
      assert.equal((await call(other, 'GET', `/${id}/unknown_part`)).code, code)
      const line = { custom_id: '1', method: 'POST', url: '/v1/responses', body: { model, input: 'Hi' } }
      const batch = { ...line, body: { ...line.body, previous_response_id: id } }
      const form = new FormData()
      form.set('purpose', 'batch')
      form.set('file', new File([`${JSON.stringify(line)}\n${JSON.stringify(batch)}\n`], 'batch.jsonl'))
      const headers = { authorization: `Bearer ${other}` }
      const sent = await fetch(`${stack.urls.ingress}/v1/files`, { method: 'POST', headers, body: form })
      assert.equal(((await sent.json()) as { error?: { code: string } }).error?.code, code)
    }

    const first = await call(mine, 'GET', `/${made.id}`)
    assert.deepEqual([first.http, first.status], [200, 'completed'])
    const again = await call(mine, 'GET', `/${made.id}`)
    const [, queued] = await control.events(made.exchange, 2)
    const [, fetched] = await control.events(first.exchange, 2)
    const [, repeated] = await control.events(again.exchange, 2)
    assert.deepEqual(
      [queued, fetched, repeated].map((event) => event!.data.cost?.usdMicros),
      [undefined, 50_000, undefined],
    )
    assert.equal(fetched!.data.usage.outputTokens, 5_000)
    await until('the spending to be counted', async () => ((await spent()) === 50_000 ? true : undefined))

    const plain = await call(mine, 'POST', '', { max_output_tokens: 1_000, previous_response_id: made.id })
    await call(mine, 'GET', `/${plain.id}`)
    const late = await call(mine, 'POST', '', { background: true, max_output_tokens: 2_000 })
    await stack.process('ingress').stop()
    await stack.process('ingress').start()
    await until(
      'the ingress',
      async () => (await fetch(`${stack.urls.ingress}/readyz`).catch(() => undefined))?.ok || undefined,
    )
    assert.equal((await call(other, 'GET', `/${late.id}`)).code, 'response_not_found')
    assert.equal((await call(mine, 'GET', `/${late.id}`)).status, 'completed')
    await until('all to be counted', async () => ((await spent()) === 80_000 ? true : undefined))
    const stored = await call(mine, 'POST', '', { model: undefined, prompt: { id: 'pmpt_1' } })
    assert.equal(stored.code, 'model_not_allowed')
  })

  test('are found again in exports and sessions', async () => {
    const [mine, other] = [await create('mine'), await create('other')]
    const named = { 'x-session-id': 'shared name' }
    const first = await ask(mine.key, 1, named)
    await control.events(first.exchange, 2)
    const second = await ask(other.key, 1, named)
    await control.events(second.exchange, 2)
    const exported = (await run('export', 'events', '--key', 'mine')).trim().split('\n')
    const callers = new Set(exported.map((line) => JSON.parse(line).caller))
    assert.deepEqual([...callers], [`key:${mine.keyId}`])
    assert.equal(exported.length, 2)
    const { out, err } = await airs(stack, ['sessions', 'show', 'shared name'])
    assert.match(out, new RegExp(`^Session shared name of key:${mine.keyId}: 1 exchange`))
    const [, id] = new RegExp(`^  (shared name~[0-9a-f]{16}) of key:${other.keyId}$`, 'm').exec(err) ?? []
    assert.match(await run('sessions', 'show', id!), new RegExp(second.exchange))
    const found = await run('exchanges', '--key', 'other')
    assert.ok(found.includes(second.exchange) && !found.includes(first.exchange))
  })

  test('are held to their limits over two ingresses, which report to each other', async () => {
    const { env, file, args } = stack.process('ingress').command
    const port = await freePort()
    const added = addIngress('ingress-2', { dataDir: directory.path, env: { ...env, NATS_URL: '' } })
    const other = spawn(file, args, {
      env: { ...added, AIRS_INGRESS_PORT: String(port) },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const there = `http://127.0.0.1:${port}`
    try {
      await until(
        'the other ingress',
        async () => (await fetch(`${there}/readyz`).catch(() => undefined))?.ok || undefined,
      )
      const { key } = await create('there')
      const { exchange } = await until('the other ingress to know a key', async () => {
        const reply = await ask(key, 1, {}, there)
        return reply.status === 200 ? reply : undefined
      })
      const [recorded] = await control.events(exchange, 2)
      assert.match(recorded!.source, /^\/airs\/ingress\/ingress-2\//)
      const limited = await create('limited', { requestsPerMinute: 20 })
      for (let count = 0; count < 20; count++) assert.equal((await ask(limited.key)).status, 200)
      await until('the other ingress to know', async () =>
        (await ask(limited.key, 1, {}, there)).code === 'rate_limit_exceeded' ? true : undefined,
      )
      await control.applyPolicy(
        'name: calm\nmode: enforce\ndirection: request\nscope: { tags: [calm] }\nthrottle: { requests: 5, perSeconds: 600 }\naction: throttle\n',
      )
      const calm = { 'x-airs-tags': 'calm' }
      const throttled = await create('throttled')
      for (let count = 0; count < 5; count++) assert.equal((await ask(throttled.key, 1, calm)).status, 200)
      assert.equal((await ask(throttled.key, 1, calm)).status, 429)
      await until('the other ingress to throttle', async () =>
        (await ask(throttled.key, 1, calm, there)).status === 429 ? true : undefined,
      )
      const spender = await create('spends here', { budgetUsdMicros: 30_000 })
      for (let count = 0; count < 3; count++) assert.equal((await ask(spender.key, 1_000)).status, 200)
      await until('the other ingress to refuse', async () =>
        (await ask(spender.key, 0, {}, there)).code === 'insufficient_quota' ? true : undefined,
      )
    } finally {
      other.kill('SIGTERM')
      await once(other, 'exit')
    }
  })
})
