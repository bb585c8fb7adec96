import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connectBus } from '@airs-cp/bus'
import { uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { airs } from '../support/airs.ts'
import { controlOf, until } from '../support/control.ts'
import { placesWith as placesOf } from '../support/places-with.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'
import { createTrafficSource, ship } from '../support/traffic.ts'
import { verifyWithBoth } from './both-verifiers.ts'

/** Said by the session that is erased, in every way in which a client can say something. */
const planted = 'Quibbleton-91234-wages'
const shared = 'Thistlewood-55555-shared'
const own = 'Marmaduke-77777-stays'
const past = 'Oldentime-33333-past'
/** So long that it is recorded by reference. */
const longText = (text: string) => `${text} `.repeat(4_000)

describe('erasure of content', () => {
  let directory: TemporaryDirectory
  let dataDir: string
  let stack: Stack
  let control: ReturnType<typeof controlOf>
  let logKey: string
  before(async () => {
    directory = makeTemporaryDirectory()
    dataDir = join(directory.path, 'data')
    await start()
    logKey = (await run('log', 'key')).split('\n')[0]!
  })
  after(async () => {
    await stack?.stop()
    directory?.remove()
  })
  async function start(env: NodeJS.ProcessEnv = {}): Promise<void> {
    stack = await startStack({ dataDir, env })
    control = controlOf(stack)
  }

  const run = async (...args: string[]) => {
    const { code, out, err } = await airs(stack, args)
    assert.equal(code, 0, out + err)
    return out
  }
  async function send(
    session: string,
    content: string,
    { stream = false, path = '/v1/chat/completions', sources = '' } = {},
  ): Promise<string> {
    const response = await fetch(`${stack.urls.ingress}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-session-id': session,
        ...(sources && { 'x-airs-sources': sources }),
      },
      body: JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content }] }),
    })
    await response.text()
    return response.headers.get('x-airs-exchange-id')!
  }
  const withDatabase = async <Result>(
    work: (database: ReturnType<typeof openDatabase<unknown>>) => Promise<Result>,
  ): Promise<Result> => {
    const database = openDatabase<unknown>({ url: stack.databaseUrl, name: 'test', max: 1 })
    try {
      return await work(database)
    } finally {
      await database.destroy()
    }
  }

  const placesWith = (text: string) => withDatabase((database) => placesOf(database, directory.path, text))
  const isGone = (text: string) =>
    until(
      `${text} to be gone`,
      async () => ((await placesWith(text)).length === 0 ? true : undefined),
      60_000,
    ).catch(async (error) => {
      throw new Error(`${error.message}: ${(await placesWith(text)).join(', ')}`)
    })

  const exchanges: string[] = []
  let sharing: string
  let sharingToo: string
  let receiptBefore: string

  test('before, what was said is in tables, streams, the journal and an export', async () => {
    exchanges.push(await send('erase-me', `say ${planted}`))
    exchanges.push(await send('erase-me', `say ${planted}`, { stream: true }))
    exchanges.push(await send('erase-me', 'hello', { path: `/v1/chat/completions?note=${planted}` }))
    exchanges.push(await send('erase-me', 'hello', { path: `/v1/unknown/${planted}` }))
    exchanges.push(await send('erase-me', 'hello', { sources: planted }))
    exchanges.push(await send('erase-me', longText(planted)))
    sharing = await send('erase-me', longText(shared))
    exchanges.push(sharing)
    sharingToo = await send('stays', longText(shared))
    await send('stays', `say ${own}`)
    await stack.settled()
    await control.exportEvents()
    mkdirSync(join(directory.path, 'outside'))
    receiptBefore = join(directory.path, 'outside', 'before.json')
    await run('prove', exchanges[0]!, '--output', receiptBefore)
    const places = (await placesWith(planted)).join('\n')
    for (const place of ['audit.events', 'lineage.exchanges', 'jetstream', 'journal', 'exports'])
      assert.match(places, new RegExp(place))
    await withDatabase(async (database) => {
      await sql`create schema backup`.execute(database)
      await sql`create table backup.events as select position, event from audit.events`.execute(database)
      await sql`create table backup.leaves as select position, salt from audit.log_leaves`.execute(database)
    })
  })

  test('a dry run counts, and erases nothing', async () => {
    const out = await run('erase', '--session', 'erase-me', '--dry-run')
    assert.match(out, /^Would erase 7 exchanges of 1 session: \d+ events, /)
    assert.deepEqual(JSON.parse(await run('erasures', '--json')), { erasures: [] })
  })

  test('without a reason nothing is erased', async () => {
    const { code, err } = await airs(stack, ['erase', '--session', 'erase-me'])
    assert.equal(code, 2)
    assert.match(err, /--reason/)
  })

  test('a session is erased from everywhere', async () => {
    const out = await run('erase', '--session', 'erase-me', '--reason', 'asked by the person')
    assert.match(out, /: completed/)
    assert.match(out, /erased {4}7 of 7 exchanges/)
    assert.match(out, /kept {6}\d+ pieces? of content/)
    await isGone(planted)
  })

  test('what other sessions said is still there, also what they said too', async () => {
    assert.match(await run('exchanges', 'show', sharingToo), new RegExp(shared))
    assert.ok((await placesWith(own)).length > 0)
  })

  test('it says that it was erased, when, by whom and why', async () => {
    const shown = await run('exchanges', 'show', exchanges[0]!)
    assert.match(shown, /Its content was erased .* by .+: asked by the person/)
    const { erasures } = JSON.parse(await run('erasures', '--json'))
    assert.equal(erasures.length, 1)
    assert.equal(erasures[0].selection.session, 'erase-me')
    const found = await run('exchanges', 'search', 'Quibbleton', '--json')
    assert.deepEqual(JSON.parse(found).exchanges, [])
    const { changes } = await control.json<{ changes: { kind: string }[] }>('GET', '/v1/changes')
    assert.ok(changes.some(({ kind }) => kind === 'erasure'))
  })

  test('every proof holds, of before and of after', async () => {
    assert.deepEqual((await verifyWithBoth(receiptBefore, [logKey], directory.path)).problems, [])
    const receipt = join(directory.path, 'outside', 'after.json')
    await run('prove', exchanges[0]!, '--output', receipt)
    assert.deepEqual((await verifyWithBoth(receipt, [logKey], directory.path)).problems, [])
    const file = join(directory.path, 'outside', 'all.jsonl')
    await run('export', '--output', file)
    assert.deepEqual((await verifyWithBoth(file, [logKey], directory.path)).problems, [])
    const statement = await run('audit', 'statement')
    const { complete, exceptions, erasedEvents } = JSON.parse(statement.split('\n')[2]!)
    assert.deepEqual([complete, exceptions], [true, []])
    assert.ok(erasedEvents >= 14, statement)
  })

  test('a later exchange that repeats an erased body is recorded whole', async () => {
    const again = await send('again', longText(planted))
    await stack.settled()
    assert.match(await run('exchanges', 'show', again), new RegExp(planted))
    await run('erase', '--exchange', again, '--reason', 'test')
    await isGone(planted)
  })

  test('what is shared goes with the last that said it', async () => {
    await run('erase', '--exchange', sharingToo, '--reason', 'test')
    await isGone(shared)
    assert.ok((await placesWith(own)).length > 0)
  })

  test('after a restore from a backup it is erased again', async () => {
    await withDatabase(async (database) => {
      await sql`update audit.events e set event = b.event from backup.events b where b.position = e.position`.execute(
        database,
      )
      await sql`update audit.log_leaves l set salt = b.salt, facts_salt = null
        from backup.leaves b where b.position = l.position`.execute(database)
      await sql`delete from audit.erased_exchanges`.execute(database)
      await sql`delete from audit.erasures`.execute(database)
    })
    assert.ok((await placesWith(planted)).length > 0)
    await recordLongAgo()
    await stack.stop()
    await start({ AIRS_RETAIN_CONTENT_DAYS: '1' })
    await isGone(planted)
    await isGone(shared)
    assert.ok((await placesWith(own)).length > 0)
  })

  test('content that is past its time is erased', async () => {
    await isGone(past)
    const { erasures } = JSON.parse(await run('erasures', '--json'))
    const { actor, exchanges, state } = erasures.find((one: { actor: string }) => one.actor === 'retention')
    assert.deepEqual([actor, exchanges, state], ['retention', 1, 'completed'])
    assert.ok((await placesWith(own)).length > 0)
  })

  /** As an ingress would have recorded it three days ago. */
  async function recordLongAgo(): Promise<void> {
    const exchange = uuidv7(Date.now() - 3 * 86_400_000)
    const time = new Date(Date.now() - 3 * 86_400_000).toISOString()
    const source = createTrafficSource()
    const bus = await connectBus({ url: stack.natsUrl, name: 'test' })
    for (const event of [
      source.request(exchange, 'long-ago', JSON.stringify({ messages: [{ role: 'user', content: past }] })),
      source.completed(exchange, 'long-ago'),
    ]) {
      const json = JSON.stringify({ ...JSON.parse(event.json), time })
      await ship(bus, { ...event, json })
    }
    await bus.close()
    await until('it to be stored', async () =>
      (await placesWith(past)).some((place) => place.includes('audit.events')) ? true : undefined,
    )
  }
})
