import { Kysely, PostgresDialect, type PostgresPoolClient, type RawBuilder } from 'kysely'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { type CopiedRow, readCopiedRows } from './copied-rows.ts'
import { keepAlive } from './keep-alive.ts'
import { parsers } from './parsers.ts'
import { withLiterals } from './with-literals.ts'

/** What Postgres held at one moment, read over a connection of its own. Disposing of it ends whatever is under way. */
export type Snapshot<Tables> = AsyncDisposable & {
  database: Kysely<Tables>
  /**
   * The rows of a query as they come, some at a time, for results that memory cannot hold: three times as fast as rows
   * that are parsed one by one. No other query can run until the last row was read.
   */
  copy(query: RawBuilder<unknown>): AsyncIterable<CopiedRow[]>
  /** Has Postgres cancel the query under way, which then rejects. @throws when Postgres is unavailable. */
  cancel(): Promise<void>
}

/** @throws when Postgres is unavailable. */
export async function openSnapshot<Tables>({
  url,
  name,
}: {
  url: string
  name: string
}): Promise<Snapshot<Tables>> {
  const client = new pg.Client({
    connectionString: url,
    application_name: `airs-${name}`,
    connectionTimeoutMillis: 5_000,
    ...keepAlive,
    types: parsers,
  })
  // A query under way rejects by itself when the connection breaks; the event, unheard, ends the process.
  client.on('error', () => {})
  await client.connect()
  await client.query('begin isolation level repeatable read read only')
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const backend = rows[0]!.pid
  const single: PostgresPoolClient = Object.assign(client, { release() {} })
  const database = new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool: { connect: async () => single, end: async () => {}, options: {} },
    }),
  })
  let isCopying = false
  return {
    database,
    async *copy(query) {
      const stream = client.query(copyTo(`copy (${withLiterals(query)}) to stdout (format binary)`))
      isCopying = true
      yield* readCopiedRows(stream)
      isCopying = false
    },
    async cancel() {
      const canceller = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
      canceller.on('error', () => {})
      await canceller.connect()
      try {
        await canceller.query('select pg_cancel_backend($1)', [backend])
      } finally {
        await canceller.end()
      }
    },
    async [Symbol.asyncDispose]() {
      // What is still being sent would have to be read to the end first.
      if (isCopying) client.connection.stream.destroy()
      await client.end().catch(() => {})
    },
  }
}
