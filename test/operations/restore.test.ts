import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { eventTypes } from '@airs-cp/events'
import { controlOf, until } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const policy = (name: string) =>
  `name: ${name}\nmode: enforce\ndirection: [request]\ndetectors: [{ detector: secrets }]\naction: block\n`

type Erasure = { id: string; state: string; problem: string | null }
const said = 'Quibbleton-91234-wages'

/** As docs/operations.md describes it: a copy of Postgres' data, taken and put back while it is stopped. */
describe('a backup of Postgres', () => {
  let directory: TemporaryDirectory
  let stack: Stack
  const exchanges: string[] = []
  let erasure: Erasure
  const start = async () => {
    stack = await startStack({
      dataDir: join(directory.path, 'data'),
    })
    return controlOf(stack)
  }
  const send = async (session: string, content: string) => {
    const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session-id': session },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }),
    })
    assert.equal(response.status, 200, await response.text())
    return response.headers.get('x-airs-exchange-id')!
  }
  const ask = async () => void exchanges.push(await send('session-of-the-backup', 'hello'))
  const data = () => join(stack.postgres!.directory, 'data')
  const copy = (from: string, to: string) => execFileSync('cp', ['-a', from, to])

  before(() => {
    directory = makeTemporaryDirectory()
  })
  after(async () => {
    await stack?.stop()
    directory?.remove()
  })

  test('put back, has what it held, and takes from JetStream what came after it', async () => {
    let control = await start()
    await control.applyPolicy(policy('before-the-backup'))
    for (let count = 0; count < 5; count++) await ask()
    for (const exchange of exchanges) await control.events(exchange, 2)
    await control.events(await send('to-be-erased', `say ${said}`), 2)
    const backup = `${data()}.backup`
    await stack.process('postgres').stop()
    copy(data(), backup)
    await stack.process('postgres').start()
    await stack.ready()

    await control.applyPolicy(policy('after-the-backup'))
    for (let count = 0; count < 5; count++) await ask()
    for (const exchange of exchanges) await control.events(exchange, 2)
    const requested = await control.json<Erasure>('POST', '/v1/erasures', {
      selection: { session: 'to-be-erased' },
      reason: 'asked by the person',
    })
    erasure = await until('the erasure', async () => {
      const now = await control.json<Erasure>('GET', `/v1/erasures/${requested.id}`)
      return now.state === 'completed' ? now : undefined
    })
    // Whatever is committed may be gone from the journal.
    await stack.stop()
    execFileSync('rm', ['-rf', data(), join(directory.path, 'data/ingress/journal')])
    copy(backup, data())

    control = await start()
    for (const exchange of exchanges) {
      const events = await control.events(exchange, 2)
      assert.equal(events.length, 2, 'each event once')
    }
    const { gaps } = await until('the audit service to be complete', async () => {
      const audit = await control.json<{ gaps: unknown; journals: { committed: number; seen: number }[] }>(
        'GET',
        '/v1/audit',
      )
      return audit.journals.every(({ committed, seen }) => committed === seen) ? audit : undefined
    })
    assert.deepEqual(gaps, { open: 0, lostEvents: 0 })
    await until('the session with all of its exchanges', async () => {
      const path = '/v1/sessions/session-of-the-backup'
      const session = await control.json<{ exchanges: unknown[] }>('GET', path)
      return session.exchanges.length === exchanges.length || undefined
    })
    const { policies } = await control.json<{ policies: { name: string }[] }>('GET', '/v1/policies')
    assert.deepEqual(policies.map(({ name }) => name).sort(), ['after-the-backup', 'before-the-backup'])
    await ask()
    await control.events(exchanges.at(-1)!, 2)
  })

  test('erases again what was erased after it, when somebody has decided how the log goes on', async () => {
    const control = controlOf(stack)
    const content = async () =>
      JSON.stringify(await control.json('GET', '/v1/events?session=to-be-erased&content=true'))
    /** Events of which alerts are made. */
    const alerts = async (type: string) => {
      const { events } = await control.json<{ events: { data: { problem: string } }[] }>(
        'GET',
        `/v1/events?type=${type}`,
      )
      return events.map(({ data }) => data.problem)
    }
    const log = await until('the log to stand still', async () => {
      const now = await control.json<{ state: string; problem: string }>('GET', '/v1/log')
      return now.state === 'halted' ? now : undefined
    })
    assert.match(log.problem, /it was put back/)
    const found = await until('the alert', async () => {
      const problems = await alerts(eventTypes.logProblemFound)
      return problems.some((problem) => /it was put back/.test(problem)) ? problems : undefined
    })
    assert.equal(new Set(found).size, found.length)
    const waiting = await until('the erasure to wait', async () => {
      const now = await control.json<Erasure>('GET', `/v1/erasures/${erasure.id}`)
      return now.problem === null ? undefined : now
    })
    assert.notEqual(waiting.state, 'completed')
    assert.ok((await content()).includes(said))
    await control.json('POST', '/v1/log/successors', { reason: 'restored from a backup' })
    await until('the erasure to be done again', async () => {
      const { state } = await control.json<Erasure>('GET', `/v1/erasures/${erasure.id}`)
      return state === 'completed' || undefined
    })
    assert.ok(!(await content()).includes(said))
    await until(
      'the end of the alert',
      async () => (await alerts(eventTypes.logProblemSolved)).length > 0 || undefined,
    )
  })

  test('is still of use when the passwords of all services are changed, and the token', async () => {
    await stack.stop()
    const path = join(directory.path, 'data', 'secrets.json')
    const secrets = JSON.parse(readFileSync(path, 'utf8'))
    const before = { ...secrets, token: stack.token }
    secrets.token = undefined
    secrets.natsPasswords = undefined
    secrets.postgresPasswords = { postgres: secrets.postgresPasswords.postgres }
    writeFileSync(path, JSON.stringify(secrets))

    const control = await start()
    await ask()
    await control.events(exchanges.at(-1)!, 2)
    const now = JSON.parse(readFileSync(path, 'utf8'))
    assert.notEqual(now.natsPasswords['airs-audit'], before.natsPasswords['airs-audit'])
    assert.notEqual(now.postgresPasswords.airs_audit, before.postgresPasswords.airs_audit)
    const withOld = await fetch(`${stack.urls.console}/v1/mode`, {
      headers: { authorization: `Bearer ${before.token}` },
    })
    assert.equal(withOld.status, 401)
  })
})
