import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { insertedRows, openDatabase } from '@airs-cp/postgres'
import fc from 'fast-check'
import { type Kysely, sql } from 'kysely'
import { startPostgres, type TestPostgres } from '../support/start-postgres.ts'

const types = {
  place: 'integer',
  word: 'text',
  bytes: 'bytea',
  flag: 'boolean',
  words: 'text[]',
  numbers: 'integer[]',
}

describe('rows of an insert', () => {
  let postgres: TestPostgres
  let database: Kysely<unknown>
  before(async () => {
    postgres = await startPostgres()
    database = openDatabase<unknown>({ url: postgres.url, name: 'rows', max: 1 })
    await sql`create temp table kept (place integer, word text, bytes bytea, flag boolean, words text[], numbers integer[])`.execute(
      database,
    )
  })
  after(async () => {
    await database.destroy()
    await postgres[Symbol.asyncDispose]()
  })

  /** Whatever Postgres can hold: quotes, braces, commas, line breaks, the word NULL. */
  const text = fc
    .oneof(fc.string({ unit: 'binary' }), fc.constantFrom('NULL', '', '{}', '","', '\\', "'", '\n'))
    .map((one) => one.toWellFormed().replaceAll('\0', ''))
  const row = fc.record({
    word: fc.option(text),
    bytes: fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes))),
    flag: fc.option(fc.boolean()),
    words: fc.option(fc.array(text)),
    numbers: fc.option(fc.array(fc.integer({ min: -9, max: 2 ** 31 - 1 }))),
  })

  test('are stored as they are, in their order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1 }), async (values) => {
        const rows = values.map((value, place) => ({ place, ...value }))
        await sql`truncate kept`.execute(database)
        await sql`insert into kept ${insertedRows(types, rows)}`.execute(database)
        const { rows: stored } = await sql<(typeof rows)[number]>`select * from kept order by ctid`.execute(
          database,
        )
        assert.deepEqual(
          stored.map((one) => ({ ...one })),
          rows.map((one) => ({ ...one })),
        )
      }),
      { numRuns: 100 },
    )
  })
})
