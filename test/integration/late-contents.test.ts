import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sha256Hex } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { sql, type Transaction } from 'kysely'
import { noteLateContents } from '../../services/audit/search/index-words.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { startServers } from '../support/servers.ts'

/** Of them each uses one piece of its own; those whose number is divisible by `everyOpen` have not ended. */
const exchanges = 3_000
const everyOpen = 10
const digestOf = (number: number) => sha256Hex(Buffer.from(String(number)))

describe('pieces of content that come after the exchange that they were said in', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  let database: ReturnType<typeof openDatabase<AuditTables>>
  before(async () => {
    servers = await startServers()
    database = openDatabase<AuditTables>({ url: servers.databaseUrl('airs_audit'), name: 'test', max: 1 })
    await sql`with numbered as (select number, gen_random_uuid() as exchange from generate_series(1, ${exchanges}::int) number),
      used as (insert into audit.content_uses (sha256, event_id, exchange, holds)
        select encode(sha256(number::text::bytea), 'hex'), gen_random_uuid(), exchange::text, false from numbered)
      insert into audit.exchanges (exchange, tenant, state, tags, policies, verdicts, findings, finding_types)
        select exchange, 'default', case when number % ${everyOpen}::int = 0 then 'open' else 'completed' end,
          '{}', '{}', '{}', 0, '{}' from numbered`.execute(database)
    const administrator = openDatabase<unknown>({ url: servers.adminUrl, name: 'test', max: 1 })
    await sql`analyze audit.content_uses, audit.exchanges`.execute(administrator)
    await administrator.destroy()
  })
  after(async () => {
    await database?.destroy()
    await servers?.stop()
  })

  /** Rows of the store that this transaction has read so far. */
  async function rowsRead(transaction: Transaction<AuditTables>): Promise<number> {
    const { rows } = await sql<{ read: number }>`
      select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables
      where schemaname = 'audit' and relname in ('content_uses', 'exchanges')`.execute(transaction)
    return rows[0]!.read
  }

  for (const pieces of [1, 20, 200])
    test(`of ${pieces}, what was said with them is indexed again, and nothing else is read`, async () => {
      const numbers = Array.from({ length: pieces }, (_, at) => 1 + at * 7)
      await database.transaction().execute(async (transaction) => {
        const before = await rowsRead(transaction)
        await noteLateContents(transaction, numbers.map(digestOf))
        const read = (await rowsRead(transaction)) - before
        const { rows } = await sql<{ sha256: string }>`
          select u.sha256 from audit.words_pending p join audit.content_uses u on u.exchange = p.exchange::text`.execute(
          transaction,
        )
        const ended = numbers.filter((number) => number % everyOpen !== 0)
        assert.deepEqual(rows.map(({ sha256 }) => sha256).sort(), ended.map(digestOf).sort())
        // Each piece: once to find what is made of it, once who uses it, and that exchange.
        assert.ok(read <= 3 * pieces, `${read} rows were read for ${pieces} pieces`)
        await sql`delete from audit.words_pending`.execute(transaction)
      })
    })
})
