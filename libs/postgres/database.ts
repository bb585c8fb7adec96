import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import pg from 'pg'
import { keepAlive } from './keep-alive.ts'
import { parsers } from './parsers.ts'

export type Database<Tables> = Kysely<Tables>

/** So that nothing waits, or holds a lock, for ever. */
const timeouts = {
  statement_timeout: 60_000,
  lock_timeout: 30_000,
  idle_in_transaction_session_timeout: 60_000,
}

/**
 * A connection that nothing passes over for so long is given up. Whatever a statement does, Postgres has responded or
 * cancelled it by then; where it is cut off, TCP would wait for a quarter of an hour.
 */
const silenceMs = timeouts.statement_timeout + 10_000

/**
 * Opens a pool. Connections are made on demand, so this does not fail when Postgres is unavailable; queries do.
 * @param max connections at most.
 * @param isPatient for work that may take long, such as migrations: no statement is cancelled.
 */
export function openDatabase<Tables>({
  url,
  name,
  max = 8,
  isPatient = false,
}: {
  url: string
  name: string
  max?: number
  isPatient?: boolean
}): Database<Tables> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `airs-${name}`,
    max,
    connectionTimeoutMillis: 5_000,
    ...keepAlive,
    types: parsers,
    ...(!isPatient && timeouts),
  })
  // A connection that breaks (a restart of Postgres) reports so by an event as well, idle or in the middle of a
  // transaction. The query under way rejects by itself, and the pool connects anew; unheard, the event ends the process.
  const ignore = () => {}
  pool.on('error', ignore)
  pool.on('connect', (client) => {
    client.on('error', ignore)
    const stream = client.connection.stream as Socket
    if (!isPatient)
      stream.setTimeout(silenceMs, () =>
        stream.destroy(new Error('Connection terminated: Postgres is silent')),
      )
  })
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}

/**
 * Runs `work` in one transaction under an advisory lock, so that only one process at a time does it. Those that wait in this
 * process wait in line and hold no connection: what `work` needs of the pool is left for it.
 * @param key names the lock; blocks until it is free.
 */
export async function underLock<Tables, Result>(
  database: Database<Tables>,
  key: string,
  work: (transaction: Transaction<Tables>) => Promise<Result>,
): Promise<Result> {
  const lines = waitingLines.get(database) ?? new Map<string, Promise<unknown>>()
  waitingLines.set(database, lines)
  const before = lines.get(key) ?? Promise.resolve()
  const result = before.then(() =>
    database.transaction().execute(async (transaction) => {
      await sqlLock(key).execute(transaction)
      return work(transaction)
    }),
  )
  lines.set(
    key,
    result.catch(() => undefined),
  )
  return result
}

/** The last in each line, by database and key. */
const waitingLines = new WeakMap<object, Map<string, Promise<unknown>>>()

function sqlLock(key: string) {
  return sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`
}

const checkLimitMs = 3_000

/** Readiness check: undefined when Postgres responds, at the latest after 3 s. One asks at a time. */
export function databaseCheck<Tables>(database: Database<Tables>): () => Promise<string | undefined> {
  let asking: Promise<string | undefined> | undefined
  const ask = async () => {
    try {
      await sql`select 1`.execute(database)
      return undefined
    } catch (error) {
      return `Postgres does not respond: ${(error as Error).message}`
    } finally {
      asking = undefined
    }
  }
  return async () => {
    asking ??= ask()
    const timer = new AbortController()
    const silence = sleep(checkLimitMs, `Postgres has not responded for ${checkLimitMs / 1_000} s`, {
      signal: timer.signal,
    })
    try {
      return await Promise.race([asking, silence.catch(() => undefined)])
    } finally {
      timer.abort()
    }
  }
}
