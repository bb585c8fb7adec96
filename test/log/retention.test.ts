import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connectBus } from '@airs-cp/bus'
import { eventTypes } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { schemas } from '../../infra/setup/setup.ts'
import { agentSession } from '../support/agent-session.ts'
import { airs } from '../support/airs.ts'
import { until } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'
import { createTrafficSource, ship } from '../support/traffic.ts'
import { verifyWithBoth } from './both-verifiers.ts'

/** So long that it is recorded by reference. */
const longText = (text: string) => `${text} `.repeat(12_000)

describe('retention of events', () => {
  let directory: TemporaryDirectory
  let stack: Stack
  let database: ReturnType<typeof openDatabase<unknown>>
  let logKey: string
  before(async () => {
    directory = makeTemporaryDirectory()
    stack = await startStack({ dataDir: join(directory.path, 'data') })
    database = openDatabase<unknown>({ url: stack.databaseUrl, name: 'test', max: 1 })
    logKey = (await run('log', 'key')).split('\n')[0]!
  })
  after(async () => {
    await database?.destroy()
    await stack?.stop()
    directory?.remove()
  })

  const run = async (...args: string[]) => {
    const { code, out, err } = await airs(stack, args)
    assert.equal(code, 0, out + err)
    return out
  }
  const json = async (...args: string[]) => JSON.parse(await run(...args, '--json'))
  async function send(session: string, content: string): Promise<string> {
    const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session-id': session },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }),
    })
    await response.text()
    return response.headers.get('x-airs-exchange-id')!
  }
  const proven = async (name: string, text?: string) => {
    const file = join(directory.path, name)
    if (text !== undefined) writeFileSync(file, text)
    const { problems, proven } = await verifyWithBoth(file, [logKey], directory.path)
    return { problems, proven }
  }
  const sound = { problems: [], proven: true }
  const statement = async () => JSON.parse((await run('audit', 'statement')).split('\n')[2]!)
  const dropped = (count: number) =>
    until(`${count} drops to be done`, async () => {
      const { drops } = await json('retention', 'drops')
      return drops.length === count && drops.every(({ state }: { state: string }) => state === 'dropped')
        ? drops
        : undefined
    })
  /** Rows of every table of rule `events` that name one of these exchanges or its events. */
  const rowsOf = async (session: string) => {
    const found: string[] = []
    for (const { schema, tables } of schemas)
      for (const [table, { rule }] of Object.entries(tables)) {
        if (rule !== 'events') continue
        // What people did stays: who read or held what.
        const isTraffic = table === 'events' ? sql`t.exchange is not null` : sql`true`
        const names = [...gone, ...(table === 'sessions' ? [session] : [])]
        const { rows } = await sql`select 1 from ${sql.id(schema, table)} t
          where ${isTraffic} and (${sql.join(
            names.map((name) => sql`strpos(t::text, ${name}) > 0`),
            sql` or `,
          )}) limit 1`.execute(database)
        if (rows.length > 0) found.push(`${schema}.${table}`)
      }
    return found
  }

  const isForgotten = async (session: string) => {
    let left: string[] = []
    await until('everything to follow', async () => {
      left = await rowsOf(session)
      return left.length === 0 ? true : undefined
    }).catch(() => assert.deepEqual(left, []))
  }

  const longAgo = () => new Date(Date.now() - 300 * 86_400_000)
  const source = createTrafficSource()
  /** Ids of one process only ever rise, so this one is made by hand. */
  const idOfThen = () => {
    const hex = longAgo().getTime().toString(16).padStart(12, '0')
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7${randomUUID().slice(15)}`
  }
  const gone = [idOfThen()]
  const held = idOfThen()
  let sharing: string
  const turns = agentSession({ turns: 40, finalBytes: 60_000 })
  /** The last exchange of a conversation that began on the day that is dropped. */
  let goingOn: string
  async function sendTurn(body: Buffer): Promise<string> {
    const response = await fetch(`${stack.urls.ingress}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session-id': 'lasts' },
      body,
    })
    await response.text()
    return response.headers.get('x-airs-exchange-id')!
  }

  /** As an ingress would have recorded them then. Its end comes when the exchange was given up. */
  async function recordLongAgo(exchange: string, session: string, text: string): Promise<void> {
    const time = longAgo().toISOString()
    const bus = await connectBus({ url: stack.natsUrl, name: 'test' })
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text }] })
    for (const event of [source.request(exchange, session, body), source.completed(exchange, session)]) {
      await ship(bus, { ...event, json: JSON.stringify({ ...JSON.parse(event.json), time }) })
      await until('the exchange to end', async () => {
        const { rows } = await sql`select from lineage.exchanges
          where exchange = ${exchange} and state <> 'open'`.execute(database)
        return rows.length === 1 ? true : undefined
      })
    }
    await bus.close()
  }

  test('there are events of long ago, some of them on hold', async () => {
    await recordLongAgo(gone[0]!, 'goes', 'say this')
    await recordLongAgo(held, 'on-hold', 'held words')
    await send('shares', longText('of both'))
    for (const body of turns.slice(0, 30)) await sendTurn(body)
    await until('all to be stored', async () => {
      const { rows } = await sql<{ count: number }>`select count(*) as count from audit.exchanges
        where state = 'completed'`.execute(database)
      return rows[0]!.count === 33 ? true : undefined
    })
    await stack.settled()
    await sql`update audit.events set recorded_at = ${longAgo().toISOString()}`.execute(database)
    sharing = await send('stays', longText('of both'))
    for (const body of turns.slice(30)) goingOn = await sendTurn(body)
    await stack.settled()
    await run('export', '--output', join(directory.path, 'before.jsonl'))
    const tables = (await rowsOf('goes')).join()
    for (const table of ['audit.events', 'audit.exchange_words', 'lineage.exchanges', 'lineage.nodes'])
      assert.ok(tables.includes(table), tables)
    const hold = await json('hold', 'place', '--session', 'on-hold', '--reason', 'case 12')
    assert.deepEqual([hold.exchanges, hold.erasedExchanges], [1, 0])
    assert.match(await run('hold'), /holds +session on-hold .* case 12/)
  })

  test('metadata is kept for 184 days, unless somebody says otherwise', async () => {
    const set = (...days: string[]) =>
      airs(stack, ['retention', 'set', ...days, '--reason', 'we keep what we must'])
    assert.match((await set('--metadata-days', '100')).err, /at least 184 days.*--below-floor/s)
    assert.match((await set('--metadata-days', '7', '--below-floor')).err, /at least 8 days/)
    assert.match(await run('retention'), /Metadata {2}for ever/)
  })

  test('the store refuses a drop that is not over its time, or of which nothing was recorded', async () => {
    const service = openDatabase<unknown>({ url: stack.databaseUrl, name: 'test', max: 1 })
    const attempt = (until: string) =>
      service.transaction().execute(async (transaction) => {
        await sql`insert into audit.drops (id, event_id, day, recorded_until, after_position, until_position, generation, state, progress)
          values (gen_random_uuid(), gen_random_uuid(), now(), ${until}, 0, 1000, 1, 'announced', 0)`.execute(
          transaction,
        )
        await sql`select * from audit.drop_events((select max(number) from audit.drops), 10)`.execute(
          transaction,
        )
      })
    try {
      const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
      await assert.rejects(attempt(daysAgo(150)), /to be kept/)
      await assert.rejects(attempt(daysAgo(190)), /has no event in the log/)
    } finally {
      await service.destroy()
    }
  })

  test('a day that is over goes, but for what is on hold and what later exchanges use', async () => {
    await run('retention', 'set', '--metadata-days', '200', '--reason', 'we keep what we must')
    const [drop] = await dropped(1)
    assert.ok(drop.events >= 5 && drop.kept >= 3, JSON.stringify(drop))
    await isForgotten('goes')
    const { rows: shares } = await sql<{ type: string }>`select type from audit.events
      where session = 'shares'`.execute(database)
    assert.deepEqual([...new Set(shares.map(({ type }) => type))], [eventTypes.contentRecorded])
    assert.match(await run('exchanges', 'show', held), /held words/)
    assert.match(await run('exchanges', 'show', sharing), /of both of both/)
    assert.match(await run('retention'), /Dropped {3}\d+ events of 1 day/)
    const said = turns.at(-1)!
    assert.ok(
      (await run('exchanges', 'body', goingOn)).includes(said.toString()),
      'a body of the day after is whole',
    )
    const { rows } = await sql<{ uses: number }>`select count(*)::int as uses from audit.content_uses u
      where not exists (select from audit.events e where e.id = u.event_id)`.execute(database)
    assert.equal(rows[0]!.uses, 0)
  })

  test('what was dropped is on record, and every proof holds', async () => {
    const [drop] = (await json('retention', 'drops')).drops
    assert.deepEqual(await proven('record', await run('retention', 'record', drop.id)), sound)
    assert.match(
      await run('verify', join(directory.path, 'record'), '--key', logKey),
      /has dropped \d+ events/,
    )
    const { complete, exceptions, droppedEvents, drops } = await statement()
    assert.deepEqual([complete, exceptions, droppedEvents], [true, [], drop.events])
    assert.equal(drops[0].id, drop.id)
    await run('prove', held, '--output', join(directory.path, 'held.json'))
    assert.deepEqual(await proven('held.json'), sound)
    for (const redact of [[], ['--redact']]) {
      await run(
        'prove',
        '--session',
        'stays',
        ...redact,
        '--force',
        '--output',
        join(directory.path, 'stays.json'),
      )
      assert.deepEqual(await proven('stays.json'), sound)
    }
    await run('export', '--output', join(directory.path, 'after.jsonl'))
    assert.deepEqual(await proven('after.jsonl'), sound)
    const shown = await run('verify', join(directory.path, 'after.jsonl'), '--key', logKey)
    assert.match(shown, new RegExp(`${drop.events} leaves of it were dropped`))
    assert.deepEqual(await proven('before.jsonl'), sound)
    await run('log', 'export', join(directory.path, 'log'))
  })

  test('an erasure passes over what is on hold, and goes on when the hold is released', async () => {
    const [{ id }] = (await json('hold')).holds
    const preview = await json('erase', '--session', 'on-hold', '--dry-run')
    assert.deepEqual([preview.exchanges, preview.heldExchanges], [0, 1])
    const erased = await json('erase', '--session', 'on-hold', '--reason', 'asked')
    assert.deepEqual([erased.state, erased.exchanges, erased.heldExchanges], ['completed', 0, 1])
    await run('hold', 'release', id, '--reason', 'case closed')
    gone.splice(0, gone.length, held)
    await dropped(2)
    await isForgotten('on-hold')
    assert.equal((await statement()).complete, true)
    const { code } = await airs(stack, ['hold', 'release', id, '--reason', 'again'])
    assert.notEqual(code, 0)
  })

  test('who deletes an event with its leaf is found out', async () => {
    await sql`with gone as (delete from audit.events where exchange = ${sharing} returning position)
      delete from audit.log_leaves where position in (select position from gone)`.execute(database)
    const { complete, exceptions } = await statement()
    assert.equal(complete, false)
    assert.match(exceptions.join('\n'), /gone without a record of a drop: \d+/)
  })
})
