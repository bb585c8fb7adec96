import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const directory = makeTemporaryDirectory()
const start = (workers: string) =>
  startStack({ dataDir: directory.path, env: { AIRS_WORKERS: workers }, apart: ['ingress'] })

describe('an ingress of two workers', () => {
  let stack: Stack
  before(async () => {
    stack = await start('2')
  })
  after(async () => {
    await stack?.stop()
    directory.remove()
  })

  /** @returns the id of the exchange, once the client has the whole response. */
  async function ask(index: number): Promise<string | undefined> {
    const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({
        model: 'gpt-4o-mini',
        messages: [{ role: 'user', content: `Number ${index}` }],
      }),
    }).catch(() => undefined)
    const isWhole = await response?.text().catch(() => undefined)
    return isWhole && response?.ok ? response.headers.get('x-airs-exchange-id')! : undefined
  }

  async function askMany(count: number): Promise<string[]> {
    const found: string[] = []
    for (let at = 0; at < count; at += 20)
      found.push(
        ...(await Promise.all(Array.from({ length: 20 }, (_, i) => ask(at + i)))).filter(
          (id) => id !== undefined,
        ),
      )
    return found
  }

  /** Waits until each of these exchanges is stored, once and complete. */
  async function assertRecorded(ids: readonly string[]): Promise<void> {
    await using database = openDatabase<unknown>({ url: stack.databaseUrl, name: 'test', max: 1 })
    let stored = 0
    for (let tries = 0; stored < ids.length && tries < 900; tries += 1) {
      if (tries > 0) await pause(100)
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from audit.exchanges
        where exchange = any(${ids}::uuid[]) and state = 'completed'`.execute(database)
      stored = rows[0]!.count
    }
    assert.equal(stored, ids.length)
  }

  const read = async (path: string) => (await fetch(`${stack.urls.ingress}${path}`)).text()

  const workerPids = () => {
    const pid = stack.process('ingress').pid!
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
  }

  test('shares the port, records in both, and reports as one', async () => {
    const ids = await askMany(100)
    assert.equal(ids.length, 100)
    await assertRecorded(ids)
    const metrics = await read('/metrics')
    const requests = [...metrics.matchAll(/^airs_journal_synced_total\{worker="(\d)".*\} (\d+)/gm)]
    assert.deepEqual(requests.map(([, worker]) => worker).sort(), ['1', '2'])
    assert.ok(
      requests.every(([, , count]) => Number(count) > 0),
      metrics,
    )
    assert.equal(metrics.match(/^# TYPE airs_journal_synced_total /gm)?.length, 1)
    const { ready, checks } = JSON.parse(await read('/readyz'))
    assert.equal(ready, true)
    assert.ok(checks['worker-2-journal'])
  })

  test('loses nothing when a worker is killed, which is started again', async () => {
    const [killed] = workerPids()
    const asking = askMany(200)
    process.kill(killed!, 'SIGKILL')
    const ids = await asking
    assert.ok(ids.length >= 100, `${ids.length} of 200 were served beside the kill`)
    await assertRecorded(ids)
    for (let tries = 0; workerPids().length < 2 && tries < 900; tries += 1) await pause(100)
    assert.equal(workerPids().length, 2)
    assert.ok(!workerPids().includes(killed!))
  })

  test('with fewer workers ships what the others had recorded', async () => {
    await stack.process('nats').stop()
    const ids = await askMany(40)
    assert.equal(ids.length, 40)
    for (const pid of workerPids()) process.kill(pid, 'SIGKILL')
    await stack.stop()
    stack = await start('1')
    await assertRecorded(ids)
  })
})
