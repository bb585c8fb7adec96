import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eventTypes } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { readExchanges } from '../../services/audit/search/recorded-bodies.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { startServers } from '../support/servers.ts'

/** Each has its opening and its outcome. */
const exchanges = 20_000

describe('the events of exchanges that have ended', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<AuditTables>>
  before(async () => {
    servers = await startServers()
    const administrator = openDatabase<unknown>({ url: servers.adminUrl, name: 'test', max: 1 })
    // As in the first minute of an installation, before Postgres has looked at what is in the table.
    await sql`alter table audit.events set (autovacuum_enabled = false)`.execute(administrator)
    await sql`insert into audit.events (id, type, tenant, exchange, journal, sequence, time, event)
      select gen_random_uuid(), type, 'default', 'exchange-' || number, 'journal', 2 * number + place, now(), '{}'
      from generate_series(1, ${exchanges}::int) number,
        unnest(${[eventTypes.requestReceived, eventTypes.responseCompleted]}::text[]) with ordinality as of (type, place)`.execute(
      administrator,
    )
    await administrator.destroy()
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test', max: 1 })
  })
  after(async () => {
    await database?.destroy()
    await servers?.stop()
  })

  for (const wanted of [1, 20, 200])
    test(`of ${wanted}, are read without any other`, async () => {
      await database.transaction().execute(async (transaction) => {
        // What other processes read for this one is not in its statistics.
        await sql`set local max_parallel_workers_per_gather = 0`.execute(transaction)
        const rowsRead = async () => {
          const { rows } = await sql<{ read: number }>`
            select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables
            where schemaname = 'audit' and relname = 'events'`.execute(transaction)
          return rows[0]!.read
        }
        const before = await rowsRead()
        await readExchanges(
          transaction,
          Array.from({ length: wanted }, (_, at) => `exchange-${1 + at * 97}`),
        )
        // Each is found by its exchange and read by its id.
        const read = (await rowsRead()) - before
        assert.ok(read <= 4 * wanted, `${read} rows were read for ${wanted} exchanges`)
      })
    })
})
