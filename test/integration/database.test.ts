import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTransient, openDatabase } from '@airs-cp/postgres'
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
