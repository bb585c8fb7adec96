import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Bus, connectBus } from '@airs-cp/bus'
import {
  bodyBytes,
  contentFinder,
  eventTypes,
  mostDepth,
  parseEvent,
  type RecordedContent,
  sha256Hex,
} from '@airs-cp/events'
import { type Database, openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { verifyWithBoth } from '../log/both-verifiers.ts'
import { agentSession } from '../support/agent-session.ts'
import { airs } from '../support/airs.ts'
import { controlOf, until } from '../support/control.ts'
import { placesWith } from '../support/places-with.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { type StoredBytes, storedBytes } from '../support/stored-bytes.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'

const turns = 200
const planted = 'Quibbleton-91234-wages'

describe('a conversation of two hundred turns', () => {
  let directory: TemporaryDirectory
  let stack: Stack
  let control: ReturnType<typeof controlOf>
  let database: Database<unknown>
  let bus: Bus
  let logKey: string
  const bodies = agentSession({ turns, finalBytes: 300_000, says: planted })
  const exchanges: string[] = []

  before(async () => {
    directory = makeTemporaryDirectory()
    stack = await startStack({ dataDir: join(directory.path, 'data') })
    control = controlOf(stack)
    database = openDatabase<unknown>({ url: stack.databaseUrl, name: 'test', max: 1 })
    bus = await connectBus({ url: stack.natsUrl, name: 'test' })
    logKey = (await run('log', 'key')).split('\n')[0]!
    mkdirSync(join(directory.path, 'outside'))
  })
  after(async () => {
    await bus?.close()
    await database?.destroy()
    await stack?.stop()
    directory?.remove()
  })

  const run = async (...args: string[]) => {
    const { code, out, err } = await airs(stack, args)
    assert.equal(code, 0, out + err)
    return out
  }
  async function send(session: string, body: Buffer): Promise<string> {
    const response = await fetch(`${stack.urls.ingress}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session-id': session },
      body,
    })
    const text = await response.text()
    assert.equal(response.status, 200, text.slice(0, 500))
    return response.headers.get('x-airs-exchange-id')!
  }
  const stored = async () => {
    await stack.settled()
    return storedBytes(directory.path, bus, database)
  }

  /** What refers to what in an export, and nothing else. */
  function readExport(file: string) {
    const contents = new Map<string, RecordedContent>()
    const requests = new Map<string, ReturnType<typeof parseEvent>>()
    for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
      const event = parseEvent(line)
      if (event.type === eventTypes.contentRecorded) contents.set(event.data.sha256, event.data)
      if (event.type === eventTypes.requestReceived) requests.set(event.exchange!, event)
    }
    const find = contentFinder((sha256) => contents.get(sha256))
    const bodyOf = (exchange: string) => {
      const event = requests.get(exchange)
      assert.ok(event?.type === eventTypes.requestReceived, `request of ${exchange}`)
      return bodyBytes(event.data.request.body!, find)
    }
    return { requests, bodyOf }
  }

  test('is stored in few times the bytes of its last request', async () => {
    const alone = agentSession({ turns: 1, finalBytes: 500, toolBytes: 60 })[0]!
    await send('alone', alone)
    const start = await stored()
    for (let turn = 0; turn < 20; turn++) await send(`alone ${turn}`, alone)
    const middle = await stored()
    for (const body of bodies) exchanges.push(await send('agent', body))
    const end = await stored()
    const last = bodies.at(-1)!.length
    /** Beyond what as many exchanges cost that have no history. */
    const times = (of: (bytes: StoredBytes) => number) =>
      (of(end) - of(middle) - ((of(middle) - of(start)) / 20) * turns) / last
    const costs = {
      journal: times(({ journal }) => journal),
      jetstream: times(({ jetstream }) => jetstream),
      postgres: times(({ events }) => events),
    }
    for (const [store, cost] of Object.entries(costs))
      assert.ok(cost < 3, `${store}: ${cost.toFixed(2)} times the last request`)
  })

  test('comes back byte for byte, and is read in few steps', async () => {
    for (const turn of [0, 1, 77, turns - 1]) {
      const body = bodies[turn]!
      const path = `/v1/exchanges/${exchanges[turn]}/body?sha256=${sha256Hex(body)}`
      assert.equal((await control.json<{ text: string }>('GET', path)).text, body.toString())
    }
    const { rows } = await sql<{ depth: number }>`
      with recursive nested as (
        select sha256, 1 as depth from audit.content_uses where holds
        union all
        select u.sha256, n.depth + 1 from nested n join audit.content_uses u on u.within = n.sha256)
      select max(depth) as depth from nested`.execute(database)
    assert.ok(rows[0]!.depth > 1 && rows[0]!.depth <= mostDepth, `${rows[0]!.depth}`)
  })

  test('an export from its middle has all that it refers to, and is proven', async () => {
    const { rows } = await sql<{
      time: string
    }>`select to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as time
      from audit.events where exchange = ${exchanges[150]!} and type = ${eventTypes.requestReceived}`.execute(
      database,
    )
    const file = join(directory.path, 'outside', 'middle.jsonl')
    await run('export', '--from', rows[0]!.time, '--output', file)
    const { requests, bodyOf } = readExport(file)
    assert.ok(!requests.has(exchanges[149]!), 'it begins in the middle')
    for (const turn of [150, 175, turns - 1]) assert.ok(bodyOf(exchanges[turn]!).equals(bodies[turn]!))
    const { problems, proven } = await verifyWithBoth(file, [logKey], directory.path)
    assert.deepEqual({ problems, proven }, { problems: [], proven: true })
  })

  test('an export of one exchange has all that it refers to', async () => {
    const file = join(directory.path, 'outside', 'tagged.jsonl')
    await run('export', '--session', 'agent', '--from', 'yesterday', '--output', file)
    const { bodyOf } = readExport(file)
    assert.ok(bodyOf(exchanges.at(-1)!).equals(bodies.at(-1)!))
    assert.deepEqual((await verifyWithBoth(file, [logKey], directory.path)).problems, [])
  })

  test('an exchange that stays has its whole body when others of the session are erased', async () => {
    for (const turn of [0, 3, 60]) await run('erase', '--exchange', exchanges[turn]!, '--reason', 'test')
    const body = bodies.at(-1)!
    const path = `/v1/exchanges/${exchanges.at(-1)}/body?sha256=${sha256Hex(body)}`
    assert.equal((await control.json<{ text: string }>('GET', path)).text, body.toString())
  })

  test('on hold it is kept whole, and later erased from everywhere', async () => {
    const held = exchanges[120]!
    const hold = /[0-9a-f-]{36}/.exec(await run('hold', 'place', '--exchange', held, '--reason', 'test'))![0]
    await run('erase', '--session', 'agent', '--reason', 'test')
    const body = bodies[120]!
    const path = `/v1/exchanges/${held}/body?sha256=${sha256Hex(body)}`
    assert.equal((await control.json<{ text: string }>('GET', path)).text, body.toString())
    await run('hold', 'release', hold, '--reason', 'test')
    const places = () => placesWith(database, directory.path, planted)
    await until('nothing to be left', async () => (await places()).length === 0 || undefined, 60_000).catch(
      async (error) => assert.fail(`${error.message}: ${(await places()).join(', ')}`),
    )
    const { rows } = await sql<{ uses: number; contents: number }>`select
      (select count(*)::int from audit.content_uses where exchange = any(${exchanges}::text[]) and not holds) as uses,
      (select count(*)::int from audit.contents) as contents`.execute(database)
    assert.deepEqual(rows[0], { uses: 0, contents: 0 })
  })
})
