import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  databaseCheck,
  isTransient,
  migrate,
  type NotAloneError,
  openDatabase,
  runAlone,
} from '@airs-cp/postgres'
import { sql } from 'kysely'
import { startPostgres } from '../support/start-postgres.ts'

test('a connection that breaks in a transaction rejects as transient, and ends nothing else', async () => {
  await using postgres = await startPostgres()
  const database = openDatabase<unknown>({ url: postgres.url, name: 'broken', max: 2 })
  const broken = database.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction)
    await sql`select pg_terminate_backend(${rows[0]!.pid})`.execute(database)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await sql`select 1`.execute(transaction)
  })
  await assert.rejects(broken, (error) => isTransient(error))
  const { rows } = await sql<{ one: number }>`select 1 as one`.execute(database)
  assert.deepEqual(rows, [{ one: 1 }])
  await database.destroy()
})

test('a check of readiness says within seconds that Postgres is silent, and that it is back', async () => {
  await using postgres = await startPostgres()
  await using database = openDatabase<unknown>({ url: postgres.url, name: 'silent', max: 1 })
  const check = databaseCheck(database)
  assert.equal(await check(), undefined)
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database)
  process.kill(rows[0]!.pid, 'SIGSTOP')
  const silent = () => Promise.race([check(), sleep(10_000, 'the check does not respond', { ref: false })])
  assert.deepEqual(
    await Promise.all([silent(), silent()]),
    Array(2).fill('Postgres has not responded for 3 s'),
  )
  process.kill(rows[0]!.pid, 'SIGCONT')
  assert.equal(await check(), undefined)
})

test('of two processes that run once the second is refused with a sentence, and one that lost its place is ended', async () => {
  await using postgres = await startPostgres()
  const taken = Promise.withResolvers<NotAloneError>()
  const unexpected = (error: Error) => assert.fail(error)
  const place = { url: postgres.url, name: 'policy' }
  await using _first = await runAlone({ ...place, onTaken: taken.resolve })
  await using _other = await runAlone({ ...place, name: 'audit', waitMs: 0, onTaken: unexpected })
  await assert.rejects(runAlone({ ...place, waitMs: 300, onTaken: unexpected }), {
    name: 'NotAloneError',
    message:
      /^Another policy process works on this database \(from .*, since .*, Postgres process \d+\).*stop the other/,
  })

  const waiting = runAlone({ ...place, waitMs: 120_000, onTaken: unexpected })
  const database = openDatabase<unknown>({ url: postgres.url, name: 'test' })
  // Right after the first has looked whether it is there: it looks again in two seconds, and the other asks five times a second.
  const isEnded = async () => {
    const { rows } = await sql`select pg_terminate_backend(pid) from pg_stat_activity where
      application_name = 'airs-policy-alone' and query = 'select 1' and now() - query_start < '500 ms' and pid in
      (select pid from pg_locks where locktype = 'advisory' and granted)`.execute(database)
    return rows.length > 0
  }
  while (!(await isEnded())) await sleep(20)
  await using _second = await waiting
  assert.match((await taken.promise).message, /^Another policy process/)
  await database.destroy()
})

test('a standby waits as long as another works or Postgres is down, and takes over within seconds of its end', async () => {
  const postgres = await startPostgres()
  const taken = Promise.withResolvers<NotAloneError>()
  const place = { url: postgres.url, name: 'audit', onTaken: (error: Error) => assert.fail(error) }
  const first = await runAlone({ ...place, onTaken: taken.resolve })
  const reasons: string[] = []
  let hasTakenOver = false
  const waiting = runAlone({ ...place, standby: (reason) => reasons.push(reason) }).then((alone) => {
    hasTakenOver = true
    return alone
  })
  const reported = async (pattern: RegExp) => {
    while (!hasTakenOver && !pattern.test(reasons.at(-1) ?? '')) await sleep(20)
  }
  await reported(/^Another audit process works on this database/)
  const stopping = new AbortController()
  const third = runAlone({ ...place, standby: () => {}, signal: stopping.signal })
  stopping.abort()
  await assert.rejects(third, { name: 'AbortError' })

  await postgres.process.stop()
  await reported(/^Postgres is unavailable: /)
  assert.equal(hasTakenOver, false)
  await postgres.process.start()
  // Whoever comes first has it, and the other learns of it.
  await reported(/^Another audit process/)
  if (hasTakenOver) await taken.promise
  await first[Symbol.asyncDispose]()
  await using _second = await waiting
  await postgres.stop()
})

test('a process that runs once starts while Postgres is unavailable', async () => {
  await using alone = await runAlone({
    url: 'postgres://nobody@127.0.0.1:1/none',
    name: 'policy',
    onTaken: (error) => assert.fail(error),
  })
  assert.ok(alone)
})

test('a schema of a later version is left as it is, with a sentence that says what to do', async () => {
  await using postgres = await startPostgres()
  await using database = openDatabase<unknown>({ url: postgres.url, name: 'test' })
  const migration = { up: async () => {} }
  const [first, second] = ['20260101T000000-first', '20270101T000000-second']
  await migrate(database, { schema: 'some', migrations: { [first]: migration, [second]: migration } })
  const former = { [first]: migration, '20260601T000000-never': { up: () => assert.fail('it ran') } }
  await assert.rejects(migrate(database, { schema: 'some', migrations: former }), {
    message:
      /^The schema some is of a later version: .* 20270101T000000-second, .*Nothing was changed.* backup/,
  })
})
