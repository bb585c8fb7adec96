import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { copyFile, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { readParquet } from '@airs-cp/archive'
import type { Archive } from '@airs-cp/client'
import type { Manifest } from '@airs-cp/manifest'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { openS3Storage } from '../../services/export/files/s3-storage.ts'
import { mountTmpfs, type Tmpfs, whyNoTmpfs } from '../fault/tmpfs.ts'
import { verifyWithAirs, verifyWithBoth } from '../log/both-verifiers.ts'
import { airs } from '../support/airs.ts'
import { until } from '../support/control.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'
import { prepareTools, python, startMoto } from './tools.ts'

const bucket = 'archives'
const planted = 'Quibbleton-91234-wages'

describe('the archive', () => {
  let directory: TemporaryDirectory
  let stack: Stack
  let logKey: string
  let bin: string
  let interpreter: string
  let archiveDir: string
  before(async () => {
    bin = prepareTools()
    interpreter = join(bin, 'python')
    directory = makeTemporaryDirectory()
    await start()
    archiveDir = join(stack.dataDir, 'archive')
    logKey = (await run('log', 'key')).split('\n')[0]!
  })
  after(async () => {
    await stack?.stop()
    directory?.remove()
  })

  /** Processes of their own have their own credentials. */
  async function start(env: NodeJS.ProcessEnv = {}): Promise<void> {
    const apart = 'AWS_ACCESS_KEY_ID' in env ? ['export', 'export-worker'] : []
    stack = await startStack({
      dataDir: join(directory.path, 'data'),
      env: { AIRS_RETAIN_UNTIL_ARCHIVED: 'true', ...env },
      apart,
    })
  }
  async function run(...args: string[]): Promise<string> {
    const { code, out, err } = await airs(stack, args)
    assert.equal(code, 0, out + err)
    return out
  }
  const json = async <Reply>(...args: string[]) => JSON.parse(await run(...args, '--json')) as Reply
  async function send(session: string, content: string, stream = false): Promise<void> {
    const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session-id': session, 'x-airs-agent': 'clerk' },
      body: JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content }] }),
    })
    assert.equal(response.status, 200, await response.text())
  }
  async function withDatabase<Result>(
    work: (database: ReturnType<typeof openDatabase<unknown>>) => Promise<Result>,
  ): Promise<Result> {
    const database = openDatabase<unknown>({ url: stack.databaseUrl, name: 'test', max: 1 })
    try {
      return await work(database)
    } finally {
      await database.destroy()
    }
  }
  /** What was stored today was stored so many days ago. */
  async function storeDaysAgo(days: number): Promise<void> {
    await stack.settled()
    await withDatabase((database) =>
      sql`update audit.events set recorded_at = recorded_at - make_interval(days => ${days})
        where recorded_at > now() - interval '1 day'`.execute(database),
    )
  }
  const stored = () =>
    withDatabase(async (database) => {
      const { rows } = await sql<{ id: string; event: string }>`select id, event from audit.events`.execute(
        database,
      )
      return new Map(rows.map(({ id, event }) => [id, event]))
    })
  const days = async () =>
    (await json<Archive>('archive', '--list')).days.map((day) => ({
      ...day,
      file: join(archiveDir, `${day.day}.parquet`),
    }))
  const linesOf = async (file: string) =>
    (await Array.fromAsync(readParquet(file))).map(({ line }) => line.toString())

  test('days that are over are archived whole, each event once and byte for byte, and today is not', async () => {
    assert.match(await run('archive'), /^Nothing to archive/)
    for (let at = 0; at < 12; at++) await send(`first-${at}`, `Hello ${at}\n\u0000 "quoted" 𝕏`, at % 2 === 0)
    await send('erased', planted)
    await storeDaysAgo(10)
    for (let at = 0; at < 8; at++) await send(`second-${at}`, `Hello again ${at}`)
    await storeDaysAgo(9)
    await send('today', 'Not yet')
    await stack.settled()
    const before = await stored()
    const { days: archived } = await json<Archive>('archive')
    assert.deepEqual(
      archived.map(({ state }) => state),
      ['archived', 'archived'],
    )
    assert.equal(archived[0]!.from, 0)
    assert.equal(archived[1]!.from, archived[0]!.until)
    const lines = (await Promise.all((await days()).map(({ file }) => linesOf(file)))).flat()
    for (const line of lines) assert.equal(line, before.get((JSON.parse(line) as { id: string }).id))
    assert.equal(new Set(lines).size, lines.length)
    const today = await withDatabase(async (database) => {
      const { rows } = await sql<{ id: string }>`
        select id from audit.events where recorded_at > now() - interval '1 day'`.execute(database)
      return new Set(rows.map(({ id }) => id))
    })
    assert.deepEqual(
      new Set([...before.keys()].filter((id) => !today.has(id))),
      new Set(lines.map((line) => (JSON.parse(line) as { id: string }).id)),
    )
    assert.deepEqual(
      (await readdir(archiveDir)).toSorted(),
      [
        ...archived.flatMap(({ day }) =>
          ['', '.manifest.json', '.proof'].map((ending) => `${day}.parquet${ending}`),
        ),
        ...['unfinished', 'verify.py'],
      ].toSorted(),
    )
    assert.deepEqual(await readdir(join(archiveDir, 'unfinished')), [])
  })

  test('whoever has archived a day can verify its file, without being given a key', async () => {
    const { file } = (await days())[0]!
    assert.match(await run('verify', file), /is proven/)
  })

  test('archiving again changes nothing', async () => {
    const before = await Promise.all((await days()).map(({ file }) => readFile(file)))
    assert.match(await run('archive'), /^Nothing to archive/)
    assert.deepEqual(await Promise.all((await days()).map(({ file }) => readFile(file))), before)
  })

  test('both verifiers prove every day, and that nothing was left out', async () => {
    for (const { file } of await days()) {
      assert.deepEqual(await verifyWithBoth(file, [logKey], stack.dataDir, interpreter), {
        valid: true,
        proven: true,
        problems: [],
      })
    }
    const { file } = (await days())[0]!
    assert.match(
      await run('verify', file, '--key', logKey),
      /Nothing was left out: every leaf of the log from 0 to \d+ is in the file/,
    )
  })

  test("PyPI's DuckDB finds the same events and texts", async () => {
    for (const { file, rows } of await days()) {
      const program = `import duckdb, json, sys
rows = duckdb.execute("select event, leaf, type from read_parquet(?)", [sys.argv[1]]).fetchall()
print(json.dumps(rows))`
      const found = python(bin, program, file) as [string, number, string][]
      assert.equal(found.length, rows)
      assert.deepEqual(
        found.map(([event]) => event),
        await linesOf(file),
      )
      assert.ok(found.every(([event, , type]) => (JSON.parse(event) as { type: string }).type === type))
    }
  })

  /** A file that SQL makes of a day, with a manifest that fits it. */
  async function forge(query: string, change: (manifest: Manifest) => void = () => {}): Promise<string> {
    const { file, day } = (await days())[0]!
    const forged = join(directory.path, `${day}.parquet`)
    const program = `import duckdb, hashlib, json, os, sys
query, source, target = sys.argv[1:]
duckdb.execute("set threads = 1")
duckdb.execute(f"copy ({query.replace('DAY', repr(source))}) to '{target}' (format parquet)")
content = b"".join(row[0].encode() + b"\\n" for row in duckdb.execute("select event from read_parquet(?)", [target]).fetchall())
data = open(target, "rb").read()
print(json.dumps({"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(),
  "content": {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}, "rows": content.count(b"\\n")}))`
    const made = python(bin, program, query, file, forged) as {
      bytes: number
      sha256: string
      content: Manifest['content']
      rows: number
    }
    const manifest = JSON.parse(await readFile(`${file}.manifest.json`, 'utf8')) as Manifest
    const { name } = manifest.files[0]!
    manifest.files = [{ name, bytes: made.bytes, sha256: made.sha256 }]
    manifest.content = made.content
    manifest.rows = made.rows
    change(manifest)
    await writeFile(`${forged}.manifest.json`, JSON.stringify(manifest))
    await copyFile(`${file}.proof`, `${forged}.proof`)
    return forged
  }
  const rejected = async (file: string, reason: RegExp) => {
    const { valid, problems } = await verifyWithAirs(file, [logKey], stack.dataDir)
    assert.equal(valid, false)
    assert.match(problems.join('\n'), reason)
  }

  test('what was changed in a file is found although its manifest was made to fit', async () => {
    await rejected(
      await forge(`select * replace (replace(event, 'clerk', 'thief') as event) from DAY`),
      /its bytes are not those that were recorded/,
    )
    await rejected(
      await forge(`select * replace ('thief' as agent) from DAY`),
      /agent: not what its event says/,
    )
    await rejected(await forge('select * from DAY where leaf <> 3'), /a row was left out/)
    await rejected(
      await forge('select * from DAY union all select * from DAY where leaf = 3'),
      /it was inserted/,
    )
    await rejected(
      await forge('select * from DAY order by leaf desc'),
      /not those that were recorded|inserted/,
    )
    await rejected(
      await forge('select * from DAY', (manifest) => {
        manifest.archive!.leaves.until += 1
      }),
      /Leaves: expected/,
    )
    const whole = await forge('select * from DAY')
    assert.equal((await verifyWithAirs(whole, [logKey], stack.dataDir)).valid, true)
  })

  test('a query is over the archive and what is not archived, each event once', async () => {
    const all = await stored()
    const { rows } = await json<{ rows: { n: number; ids: number }[] }>(
      'query',
      'select count(*) as n, count(distinct id) as ids from events',
    )
    assert.ok(rows[0]!.n >= all.size)
    assert.equal(rows[0]!.n, rows[0]!.ids)
    const archived = (await days()).reduce((sum, day) => sum + day.rows!, 0)
    const offline = await json<{ rows: { n: number }[] }>(
      ...['query', 'select count(*) as n from events', '--archive', archiveDir],
    )
    assert.deepEqual(offline.rows, [{ n: archived }])
    const states = await run(
      ...['query', "select state, count(*) as n from exchanges where agent = 'clerk' group by 1", '--csv'],
    )
    assert.equal(states, 'state,n\ncompleted,22\n')
    assert.match(
      await run('query', "select session, state from exchanges where session = 'today'"),
      /session {2}state\ntoday {4}completed/,
    )
  })

  test('a query over exports counts an event once that the archive has too', async () => {
    const file = join(stack.dataDir, 'all.jsonl.gz')
    await run('export', 'events', '--compress', 'gzip', '--output', file)
    const count = async (...options: string[]) =>
      (await json<{ rows: { n: number }[] }>('query', 'select count(*) as n from events', ...options))
        .rows[0]!.n
    const { rows } = JSON.parse(await readFile(`${file}.manifest.json`, 'utf8')) as Manifest
    assert.equal(await count('--archive', archiveDir, '--file', file), rows)
  })

  test('what a query cannot do is said', async () => {
    for (const [args, message] of [
      [['selekt 1'], /syntax error/],
      [[' ; '], /The query is empty/],
      [['/* nothing */'], /The query is empty/],
      [['drop view events'], /Only queries are possible/],
      [['select * from nothing_here'], /nothing_here/],
      [["select * from read_text('/etc/passwd')"], /disabled|Permission/],
      [
        ['select 1', '--archive', join(stack.dataDir, 'nowhere')],
        /There is no archive \S+nowhere: there is no such file; /,
      ],
      [['select 1', '--archive', stack.dataDir], /has no archived day/],
    ] as const) {
      const { code, err } = await airs(stack, [
        'query',
        ...args,
        ...(args.length > 1 ? [] : ['--archive', archiveDir]),
      ])
      assert.notEqual(code, 0)
      assert.match(err, message)
    }
  })

  test('each file that goes out over the API is an event', async () => {
    await stack.settled()
    const reads = await until('a recorded read', async () => {
      const all = [...(await stored()).values()].map(
        (text) => JSON.parse(text) as { type: string; data: object },
      )
      const found = all.filter(({ type }) => type === 'airs.archive-read.v1')
      return found.length > 0 ? found : undefined
    })
    assert.deepEqual(Object.keys(reads[0]!.data).sort(), ['actor', 'day', 'role'])
  })

  test('content that is erased goes from the archive too, and the day is still proven', async () => {
    const { file, sha256 } = (await days())[0]!
    assert.ok((await linesOf(file)).some((line) => line.includes(planted)))
    await run('erase', '--session', 'erased', '--reason', 'asked for')
    await until(
      'the day archived again',
      async () => {
        const [day] = await days()
        return (day!.state === 'archived' && day!.sha256 !== sha256) || undefined
      },
      60_000,
    )
    assert.ok(!(await linesOf(file)).some((line) => line.includes(planted)))
    assert.deepEqual(await verifyWithBoth(file, [logKey], stack.dataDir, interpreter), {
      valid: true,
      proven: true,
      problems: [],
    })
  })

  test('a day of another store is not overwritten', async () => {
    await send('third', 'One more day')
    await storeDaysAgo(8)
    const day = new Date(Date.now() - 8 * 86_400_000).toISOString().slice(0, 10)
    const { file } = (await days())[0]!
    const foreign = JSON.parse(await readFile(`${file}.manifest.json`, 'utf8')) as Manifest
    foreign.proof!.checkpoint = foreign.proof!.checkpoint.replace(/^[^\n]+/, 'example.com/another')
    const place = join(archiveDir, `${day}.parquet.manifest.json`)
    await writeFile(place, JSON.stringify(foreign))
    const { code, err } = await airs(stack, ['archive'])
    assert.equal(code, 1)
    assert.match(err, /example\.com\/another.*not of this store/)
    assert.equal(await readFile(place, 'utf8'), JSON.stringify(foreign))
    await rename(place, join(directory.path, 'foreign.json'))
    assert.match(await run('archive'), /archived/)
    assert.deepEqual(
      (await days()).map(({ state }) => state),
      ['archived', 'archived', 'archived'],
    )
  })

  test('what is past its time is dropped once it is archived, and is read from the archive then', async () => {
    await withDatabase((database) =>
      sql`update audit.events set recorded_at = recorded_at - interval '20 days'
        where recorded_at < now() - interval '1 day'`.execute(database),
    )
    await send('late', 'To be archived before it goes')
    await storeDaysAgo(12)
    const archived = await days()
    const before = await count()
    const set = [
      'retention',
      'set',
      '--metadata-days',
      '9',
      '--below-floor',
      '--reason',
      'archived every night',
    ]
    await run(...set)
    const waiting = await until('a day that waits for its archive', async () => {
      const { problem } = await json<{ problem: string | null }>('retention')
      return problem ?? undefined
    })
    assert.match(waiting, /wait until they are archived: run airs archive/)
    const dropped = async () =>
      (await json<{ drops: { state: string; day: string }[] }>('retention', 'drops')).drops
    assert.deepEqual(
      (await dropped()).map(({ state }) => state),
      archived.map(() => 'dropped'),
    )
    assert.deepEqual(await sessionsStored(), ['late'])
    assert.match(await run('archive'), /archived/)
    await until('the last day to be dropped', async () => (await sessionsStored()).length === 0 || undefined)
    for (const { file } of await days())
      assert.deepEqual(await verifyWithBoth(file, [logKey], stack.dataDir, interpreter), {
        valid: true,
        proven: true,
        problems: [],
      })
    assert.equal(await count(), before)
  })

  /** Exchanges that a query finds, in the archive and in the store. */
  async function count(): Promise<number> {
    const { rows } = await json<{ rows: { n: number }[] }>('query', 'select count(*) as n from exchanges')
    return rows[0]!.n
  }

  const sessionsStored = () =>
    withDatabase(async (database) => {
      const { rows } = await sql<{ session: string }>`select distinct session from audit.events
        where exchange is not null and recorded_at < now() - interval '1 day'`.execute(database)
      return rows.map(({ session }) => session)
    })

  test('a full disk is a state of the day, and the next try goes through', async (context) => {
    const reason = whyNoTmpfs()
    if (reason) return context.skip(reason)
    const disk: Tmpfs = mountTmpfs(512 * 1024)
    try {
      await send('fourth', 'One more day')
      await stack.settled()
      await stack.stop()
      await start({ AIRS_ARCHIVE_DIR: disk.path })
      await writeFile(join(disk.path, 'ballast'), Buffer.alloc(400 * 1024))
      await send('fourth', randomBytes(200_000).toString('hex'))
      await storeDaysAgo(6)
      const { code, out, err } = await airs(stack, ['archive'])
      assert.equal(code, 1, out + err)
      assert.match(err, /No space is left in .*Nothing was lost/)
      assert.deepEqual(await readdir(join(disk.path, 'unfinished')), [])
      await until(
        'the metric of its alert',
        async () =>
          /^airs_archive_failed_days\S* 1$/m.test(
            await (await fetch(`${stack.urls.export}/metrics`)).text(),
          ) || undefined,
      )
      await writeFile(join(disk.path, 'ballast'), '')
      disk.remount('size=16m')
      await run('archive')
      assert.ok((await days()).every(({ state }) => state === 'archived'))
    } finally {
      disk.remove()
    }
  })

  test('the archive in a bucket is proven, and queried from there', async () => {
    const moto = await startMoto(bin, bucket)
    try {
      Object.assign(process.env, moto.env)
      await stack.stop()
      await start({
        ...moto.env,
        AIRS_ARCHIVE_S3_BUCKET: bucket,
        AIRS_ARCHIVE_S3_PREFIX: 'days/',
        AIRS_ARCHIVE_S3_ENDPOINT: moto.endpoint,
      })
      await send('fifth', 'In the bucket')
      await storeDaysAgo(5)
      const { days: archived } = await json<Archive>('archive')
      const { day, rows } = archived[0]!
      assert.deepEqual((await moto.names()).toSorted(), [
        `days/${day}.parquet`,
        `days/${day}.parquet.manifest.json`,
        `days/${day}.parquet.proof`,
        'days/verify.py',
      ])
      const storage = openS3Storage({
        ...{ bucket, region: 'us-east-1', prefix: 'days/', endpoint: moto.endpoint },
      })
      for (const ending of ['', '.manifest.json', '.proof']) {
        const name = `${day}.parquet${ending}`
        await writeFile(join(directory.path, name), (await storage.open(name))!)
      }
      storage.close()
      assert.deepEqual(
        await verifyWithBoth(join(directory.path, `${day}.parquet`), [logKey], stack.dataDir, interpreter),
        { valid: true, proven: true, problems: [] },
      )
      const { rows: counted } = await json<{ rows: { n: number }[] }>(
        ...['query', 'select count(*) as n from events', '--archive', `s3://${bucket}/days`],
      )
      assert.deepEqual(counted, [{ n: rows }])
      const { err } = await airs(stack, ['query', 'select 1', '--archive', 's3://nowhere/days'])
      assert.match(err, /cannot be read/)
    } finally {
      for (const name of Object.keys(moto.env)) delete process.env[name]
      await moto.stop()
    }
  })
})
