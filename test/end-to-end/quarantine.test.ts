import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eventTypes } from '@airs-cp/events'
import { airs } from '../support/airs.ts'
import { controlOf, until } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

describe('the quarantine of sessions', () => {
  let stack: Stack
  let control: ReturnType<typeof controlOf>
  let directory: TemporaryDirectory

  before(async () => {
    directory = makeTemporaryDirectory()
    stack = await startStack({
      dataDir: directory.path,
      apart: ['ingress'],
      env: { AIRS_MODE: 'enforce' },
    })
    control = controlOf(stack)
    await control.applyPolicy(
      'name: no-word\nmode: enforce\ndetectors: [{ detector: pattern, name: WORD, pattern: forbidden }]\naction: block\n',
    )
  })
  after(async () => {
    await stack?.stop()
    directory?.remove()
  })

  async function ask(session: string, text: string, path = '/v1/chat/completions', credential?: string) {
    const response = await fetch(`${stack.urls.ingress}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-session-id': session,
        ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
      },
      body: JSON.stringify({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: text }] }),
    })
    return {
      status: response.status,
      exchange: response.headers.get('x-airs-exchange-id')!,
      retryAfter: Number(response.headers.get('retry-after')),
      error: ((await response.json()) as { error?: { type: string; code?: string; message: string } }).error,
    }
  }
  const isRefused = async (session: string) =>
    (await ask(session, 'hello')).error?.code === 'session_quarantined'
  const refused = (session: string) =>
    until(`session ${session} to be refused`, async () => (await isRefused(session)) || undefined)
  const free = (session: string) =>
    until(`session ${session} to be let through`, async () => !(await isRefused(session)) || undefined)

  test('follows so many violations within a time, is recorded with its reason, and ends by release', async () => {
    assert.match((await airs(stack, ['quarantine', 'rule'])).out, /^Nothing is quarantined by itself/)
    const rule = ['quarantine', 'rule', '--violations', '3', '--within', '600', '--for', '900']
    assert.match((await airs(stack, rule)).out, /for 900 s after 3 violations within 600 s/)
    for (const word of ['forbidden', 'forbidden', 'fine']) await ask('bad', word)
    await ask('good', 'forbidden')
    assert.equal((await ask('bad', 'hello')).status, 200)
    const last = await ask('bad', 'it is forbidden')
    await refused('bad')
    assert.equal((await ask('good', 'hello')).status, 200)

    const { status, error, exchange, retryAfter } = await ask('bad', 'hello')
    assert.equal(status, 403)
    assert.equal(error!.type, 'policy_violation')
    assert.match(error!.message, /^Session "bad" is in quarantine until /)
    assert.ok(retryAfter > 600 && retryAfter <= 900)
    const anthropic = await ask('bad', 'hello', '/v1/messages')
    assert.deepEqual([anthropic.status, anthropic.error!.type], [403, 'permission_error'])
    const [rejected] = await control.events(exchange, 1)
    assert.equal(rejected!.type, eventTypes.requestRejected)
    assert.equal(rejected!.data.error.code, 'session_quarantined')

    const { sessions } = await control.json<{ sessions: Record<string, unknown>[] }>('GET', '/v1/quarantine')
    assert.equal(sessions.length, 1)
    const { session, cause, violations, policy, exchange: cause_, actor } = sessions[0]!
    assert.deepEqual(
      { session, cause, violations, policy, exchange: cause_, actor },
      {
        session: 'bad',
        cause: 'threshold',
        violations: 3,
        policy: 'no-word',
        exchange: last.exchange,
        actor: '/airs/policy',
      },
    )
    assert.equal((await airs(stack, ['quarantine', 'release', 'bad', '--reason', 'talked to them'])).code, 0)
    await free('bad')
    assert.match(
      (await airs(stack, ['quarantine', 'list', '--all'])).out,
      /^bad +released .* 3 violations within 600 s; released by local: talked to them$/m,
    )
    await ask('bad', 'forbidden')
    await control.json('PUT', '/v1/quarantine/sessions/marker', { reason: 'to see that all is applied' })
    await refused('marker')
    assert.equal(await isRefused('bad'), false, 'the count begins anew')
  })

  test('reaches a chat that names no session by the history that it continues', async () => {
    type Message = { role: string; content: string }
    const say = async (messages: Message[], credential = 'sk-nameless') => {
      const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${credential}` },
        body: JSON.stringify({ model: 'm', messages }),
      })
      const { status, headers } = response
      const json = (await response.json()) as { choices?: { message: Message }[]; error?: { code: string } }
      return {
        ...{ status, session: headers.get('x-session-id')!, code: json.error?.code },
        history: [...messages, ...(json.choices ?? []).map(({ message }) => message)],
      }
    }
    const next = (history: Message[], content: string) => [...history, { role: 'user', content }]
    const first = await say([{ role: 'user', content: 'Who am I?' }])
    const second = await say(next(first.history, 'and why?'))
    assert.equal(second.session, first.session)
    await until('both to be in the session', async () => {
      const found = await control
        .json<{ exchanges: unknown[] }>('GET', `/v1/sessions/${first.session}`)
        .catch(() => undefined)
      return found?.exchanges.length === 2 || undefined
    })
    assert.notEqual((await say(next(first.history, 'and why?'), 'sk-other')).session, first.session)
    await control.json('PUT', `/v1/quarantine/sessions/${first.session}`, { reason: 'stopped' })
    await until('the chat to be refused', async () => {
      const { code } = await say(next(second.history, 'go on'))
      return code === 'session_quarantined' || undefined
    })
    assert.equal((await say([{ role: 'user', content: 'Something else' }])).status, 200)
  })

  test('of a session reaches no session of the same name of another caller', async () => {
    const chat = '/v1/chat/completions'
    await control.setMode('enforce')
    for (let count = 0; count < 3; count++) await ask('user-123', 'forbidden', chat, 'sk-attacker')
    await until(
      'the session of the attacker to be refused',
      async () => (await ask('user-123', 'hello', chat, 'sk-attacker')).status === 403 || undefined,
    )
    assert.equal((await ask('user-123', 'hello', chat, 'sk-victim')).status, 200)
    assert.equal((await ask('user-123', 'hello')).status, 200)
    const { sessions } = await control.json<{ sessions: { session: string; caller: string | null }[] }>(
      'GET',
      '/v1/quarantine',
    )
    const { caller } = sessions.find(({ session }) => session === 'user-123')!
    assert.match(caller!, /^credential:[0-9a-f]{32}$/)
    assert.equal((await airs(stack, ['quarantine', 'release', 'user-123', '--caller', caller!])).code, 0)
    await until(
      'the session of the attacker to be released',
      async () => (await ask('user-123', 'hello', chat, 'sk-attacker')).status === 200 || undefined,
    )
  })

  test('of a client key or credential reaches it under any session name, before its body is recorded', async () => {
    const chat = '/v1/chat/completions'
    const under = (credential: string, session: string, text = 'hello') =>
      ask(session, text, chat, credential)
    const held = async (credential: string, session: string) =>
      (await under(credential, session)).error?.code === 'caller_quarantined'
    await control.applyPolicy(
      'name: no-spy\nmode: enforce\ndetectors: [{ detector: pattern, name: WORD, pattern: spying }]\naction: quarantine\nquarantine: caller\n',
    )
    assert.equal((await under('sk-spy', 'first', 'a spying')).status, 403)
    await until('the spy to be refused', async () => (await held('sk-spy', 'second')) || undefined)
    assert.equal((await under('sk-other', 'first')).status, 200)
    assert.equal((await ask('first', 'hello')).status, 200)
    const { exchange, error } = await under('sk-spy', 'third')
    assert.match(error!.message, /^This client is in quarantine until /)
    const [rejected] = await control.events(exchange, 1)
    assert.equal(rejected!.type, eventTypes.requestRejected)
    assert.equal(rejected!.data.request.body, undefined)
    const { callers } = await control.json<{ callers: { caller: string; policy: string }[] }>(
      'GET',
      '/v1/quarantine',
    )
    assert.deepEqual(
      callers.map(({ policy }) => policy),
      ['no-spy'],
    )
    assert.match(
      (await airs(stack, ['quarantine'])).out,
      /^\(all\) +quarantined .* credential:[0-9a-f]{32} /m,
    )
    assert.equal((await airs(stack, ['quarantine', 'release', '--exchange', exchange])).code, 0)
    assert.equal(await held('sk-spy', 'fourth'), false)

    const { key } = await control.json<{ key: string }>('POST', '/v1/keys', { name: 'intern' })
    const added = await airs(stack, ['quarantine', 'add', '--key', 'intern', '--reason', 'leaves'])
    assert.match(added.out, /^key:[0-9a-f-]{36}: in quarantine until /)
    assert.equal(await held(key, 'one'), true)
    assert.equal(await held(key, 'two'), true)
    assert.equal((await airs(stack, ['quarantine', 'release', '--key', 'intern'])).code, 0)
    assert.equal(await held(key, 'two'), false)

    await airs(stack, ['quarantine', 'rule', '--target', 'caller'])
    for (let count = 0; count < 3; count++) await under(key, `session ${count}`, 'forbidden')
    await until('three violations of one caller', async () => (await held(key, 'fresh')) || undefined)
    assert.equal((await airs(stack, ['quarantine', 'release', '--key', 'intern'])).code, 0)
    await airs(stack, ['quarantine', 'rule', '--target', 'session'])
    const nobody = await airs(stack, ['quarantine', 'add', '--reason', 'x'])
    assert.match(nobody.err, /Name a session, or a caller/)
  })

  test('is by hand as well, outlives a restart of the ingress, and holds only while the mode enforces', async () => {
    const { out } = await airs(stack, ['quarantine', 'add', 'odd', '--for', '600', '--reason', 'looks odd'])
    assert.match(out, /^odd: in quarantine until /)
    await refused('odd')
    await stack.process('ingress').stop()
    await stack.process('ingress').start()
    await until(
      'the ingress',
      async () => (await fetch(`${stack.urls.ingress}/readyz`).catch(() => undefined))?.ok || undefined,
    )
    assert.equal(await isRefused('odd'), true)
    await control.setMode('observe')
    assert.equal(await isRefused('odd'), false)
    await control.setMode('enforce')
    assert.equal(await isRefused('odd'), true)
    const unknown = await airs(stack, ['quarantine', 'release', 'nobody'])
    assert.match(unknown.err, /A quarantine of session nobody does not exist/)
    const { events } = await control.json<{ events: { data: Record<string, unknown> }[] }>(
      'GET',
      `/v1/events?type=${eventTypes.sessionQuarantined}`,
    )
    const { session, cause, reason, actor } = events.find(({ data }) => data.session === 'odd')!.data
    assert.deepEqual([session, cause, reason, actor], ['odd', 'manual', 'looks odd', 'local'])
  })

  test('follows at once where the action of a policy says so', async () => {
    await control.applyPolicy(
      'name: no-poison\nmode: enforce\ndetectors: [{ detector: pattern, name: WORD, pattern: poison }]\naction: quarantine\n',
    )
    assert.equal((await ask('poisoned', 'a poison')).status, 403)
    await refused('poisoned')
    const { out } = await airs(stack, ['quarantine'])
    assert.match(out, /^poisoned +quarantined .* policy no-poison quarantines the session$/m)
  })

  test('ends by itself when its time is over', async () => {
    await airs(stack, ['quarantine', 'add', 'short', '--for', '10'])
    await refused('short')
    await free('short')
    const { out } = await airs(stack, ['quarantine', 'list', '--all', '--json'])
    const found = JSON.parse(out).sessions.find(({ session }: { session: string }) => session === 'short')
    assert.equal(found.state, 'expired')
  })
})
