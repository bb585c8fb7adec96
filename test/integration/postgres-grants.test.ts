import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { firstIdAt, uuidv7 } from '@airs-cp/events'
import { createLateIndexes, type Database, openDatabase, pruneTables, tableSizes } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { schemas, setUp } from '../../infra/setup/setup.ts'
import { startNats, type TestNats } from '../support/start-nats.ts'
import { startPostgres, type TestPostgres } from '../support/start-postgres.ts'

const password = 'secret'
/** What one service may see of another's schema: the export reads what others show it, lineage large bodies,
 * backtests what was recorded. */
const readers = [
  'audit.recorded_events',
  'audit.recorded_contents',
  'audit.recorded_positions',
  'audit.stored_events',
  'audit.recorded_erasures',
  'audit.completed_erasures',
  'audit.retained_since',
]
const shownToOthers: Record<string, string[]> = {
  airs_export: [
    'audit.recorded_events',
    'audit.recorded_contents',
    'audit.recorded_leaves',
    'audit.recorded_log_nodes',
    'audit.recorded_checkpoints',
    'audit.recorded_log_pending',
    'audit.recorded_times',
    'audit.recorded_uses',
    'audit.found_exchanges',
    'audit.found_words',
    'audit.recorded_positions',
    'lineage.recorded_positions',
    'lineage.exported_sessions',
    'lineage.exported_graphs',
    'lineage.exported_exchanges',
    'lineage.exported_nodes',
    'lineage.exported_edges',
    'lineage.exported_flows',
    'audit.stored_events',
    'audit.recorded_erasures',
    'audit.completed_erasures',
    'audit.retained_since',
    'audit.exchanges_of_erasures',
    'audit.recorded_dropped_leaves',
    'audit.sealed_drops',
  ],
  airs_lineage: [...readers, 'audit.completed_drops', 'audit.recorded_exchanges'],
  airs_policy: readers,
}

describe('the Postgres role', () => {
  let postgres: TestPostgres
  let nats: TestNats
  let administrator: Database<unknown>
  const databases = new Map<string, Database<unknown>>()

  before(async () => {
    postgres = await startPostgres()
    nats = await startNats()
    const passwords = Object.fromEntries(schemas.map(({ role }) => [role, password]))
    await setUp({ databaseUrl: postgres.url, natsUrl: nats.url, passwords, replicas: 1 })
    administrator = openDatabase({ url: postgres.url, name: 'test', max: 1 })
    for (const { role } of schemas)
      databases.set(role, openDatabase({ url: postgres.urlFor(role, password), name: 'test', max: 1 }))
  })
  after(async () => {
    for (const database of [...databases.values(), administrator]) await database?.destroy()
    await nats?.stop()
    await postgres?.stop()
  })

  const run = (role: string, statement: string) => sql.raw(statement).execute(databases.get(role)!)
  const assertDenied = (role: string, statement: string) =>
    assert.rejects(
      run(role, statement),
      /permission denied|must be owner|must be superuser|cannot delete from view/,
      `${role}: ${statement}`,
    )

  async function relations(schema: string): Promise<string[]> {
    const { rows } = await sql<{ name: string }>`select format('%I.%I', schemaname, name) as name from (
      select schemaname, tablename as name from pg_tables union all select schemaname, viewname from pg_views
    ) as relations where schemaname = ${schema}`.execute(administrator)
    return rows.map(({ name }) => name)
  }

  test('of a service reads nothing of another service but what that shows it', async () => {
    for (const { role, schema: own } of schemas)
      for (const { schema } of schemas) {
        if (schema === own) continue
        const names = await relations(schema)
        assert.ok(names.length > 0, schema)
        for (const name of names) {
          const statement = `select 1 from ${name} limit 1`
          if (shownToOthers[role]?.includes(name)) await run(role, statement)
          else await assertDenied(role, statement)
        }
      }
  })

  test('of a service writes to nothing of another service', async () => {
    for (const { role, schema: own } of schemas)
      for (const { schema } of schemas)
        if (schema !== own)
          for (const name of await relations(schema)) await assertDenied(role, `delete from ${name}`)
  })

  test('of a service has a rule for each of its tables that bounds it, and can measure them', async () => {
    for (const { schema, role, tables } of schemas) {
      const { rows } = await sql<{ name: string }>`select c.relname as name from pg_class c
        where c.relnamespace = ${schema}::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
          and c.relname not like 'migrations%' order by 1`.execute(administrator)
      const named = Object.keys(tables).toSorted()
      assert.deepEqual(
        rows.map(({ name }) => name),
        named,
        `the tables of ${schema} are those of its schema.ts`,
      )
      const sizes = await tableSizes(databases.get(role)!, schema)
      assert.deepEqual(
        named.filter((name) => !sizes.some(({ table }) => table === name)),
        [],
      )
    }
  })

  test('of a service deletes what is past its time, and nothing else', async () => {
    for (const { schema, role, tables } of schemas) {
      const inbox = sql.table(`${schema}.applied_events`)
      await sql`insert into ${inbox} values ('old', now() - interval '31 days'), ('new', now() - interval '29 days')`.execute(
        administrator,
      )
      assert.equal(await pruneTables(databases.get(role)!, { schema, tables }), 1)
      const { rows } = await sql<{ event_id: string }>`select event_id from ${inbox}`.execute(administrator)
      assert.deepEqual(rows, [{ event_id: 'new' }])
    }
    const id = (daysAgo: number) => uuidv7(Date.now() - daysAgo * 86_400_000)
    const rows = [id(31), id(1)].map((exchange) => ({ exchange, tenant: 't', agent: 'a', session: 's' }))
    await sql`insert into policy.agent_exchanges select * from jsonb_populate_recordset(
      null::policy.agent_exchanges, ${JSON.stringify(rows)}::jsonb)`.execute(administrator)
    const { schema, tables, role } = schemas.find(({ schema }) => schema === 'policy')!
    assert.equal(await pruneTables(databases.get(role)!, { schema, tables }), 1)
  })

  test('of lineage forgets bodies that never became whole, and none that may still', async () => {
    const id = (daysAgo: number) => firstIdAt(new Date(Date.now() - daysAgo * 86_400_000))
    const rows = [
      { exchange: id(31), tries: 500 },
      { exchange: id(31), tries: 2 },
      { exchange: id(29), tries: 500 },
    ].map((row) => ({ ...row, event: uuidv7(), session: 's', direction: 'request', try_at: new Date() }))
    await sql`insert into lineage.pending_flows select * from jsonb_populate_recordset(
      null::lineage.pending_flows, ${JSON.stringify(rows)}::jsonb)`.execute(administrator)
    const { schema, tables, role } = schemas.find(({ schema }) => schema === 'lineage')!
    assert.equal(await pruneTables(databases.get(role)!, { schema, tables }), 1)
  })

  test('of audit can neither change nor delete what was recorded', async () => {
    for (const table of ['audit.events', 'audit.log_leaves']) {
      const { rows } = await sql<{ name: string }>`select attname as name from pg_attribute
        where attrelid = ${table}::regclass and attnum > 0 and attidentity = '' and attgenerated = '' limit 1`.execute(
        administrator,
      )
      const column = rows[0]!.name
      await run('airs_audit', `select 1 from ${table} limit 1`)
      // Postgres answers this with a warning that nothing was granted.
      await run('airs_audit', `grant all on ${table} to airs_audit`)
      await assertDenied('airs_audit', `update ${table} set ${column} = ${column}`)
      await assertDenied('airs_audit', `delete from ${table}`)
      await assertDenied('airs_audit', `truncate ${table}`)
      await assertDenied('airs_audit', `alter table ${table} disable trigger all`)
      await assertDenied('airs_audit', `drop table ${table}`)
    }
  })

  test('of audit replaces an event by nothing but the facts that its leaf commits to', async () => {
    const [salt, factsSalt] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
    const facts = '{"facts":"airs-facts/1","id":"kept"}'
    await sql`insert into audit.logs (generation, origin) values (1, 'test')`.execute(administrator)
    await sql`insert into audit.events (id, type, tenant, time, event) values (${uuidv7()}, 't', 't', now(), 'said')`.execute(
      administrator,
    )
    await sql`insert into audit.log_leaves (generation, leaf_index, position, salt, facts, hash, record)
      select 1, 0, position, ${salt}, sha256(${factsSalt}::bytea || convert_to(${facts}, 'UTF8')), '', '' from audit.events`.execute(
      administrator,
    )
    const erase = async (text: string, own: Buffer) => {
      const { rows } = await run(
        'airs_audit',
        `select * from audit.erase_content((select array_agg(position) from audit.events),
          array['${text}'], '\\x${own.toString('hex')}')`,
      )
      const { rows: left } = await sql<{ event: string; salt: Buffer | null }>`
        select event, salt from audit.events join audit.log_leaves using (position)`.execute(administrator)
      return [rows.length, left[0]!.event, left[0]!.salt === null]
    }
    assert.deepEqual(await erase('something else', factsSalt), [0, 'said', false])
    assert.deepEqual(await erase(facts, salt), [0, 'said', false])
    assert.deepEqual(await erase(facts, factsSalt), [1, facts, true])
    assert.deepEqual(await erase('something else', factsSalt), [0, facts, true])
    for (const { role } of schemas)
      if (role !== 'airs_audit')
        await assertDenied(role, `select audit.erase_content(array[1], array['x'], '\\x00')`)
  })

  test('of a service owns nothing, makes nothing and becomes nobody', async () => {
    for (const { role, schema } of schemas) {
      await assertDenied(role, `create table ${schema}.mine ()`)
      await assertDenied(role, 'create table public.mine ()')
      await assertDenied(role, 'create schema mine')
      await assertDenied(role, 'create role mine')
      await assertDenied(role, 'create database mine')
      await assertDenied(role, 'set role postgres')
      for (const other of schemas) if (other.role !== role) await assertDenied(role, `set role ${other.role}`)
      await assertDenied(role, `copy (select 1) to program 'id'`)
      await assertDenied(role, `select pg_read_file('/etc/passwd')`)
    }
    const { rows } = await sql`select 1 from pg_class join pg_roles on relowner = pg_roles.oid
      where rolname like 'airs_%'`.execute(administrator)
    assert.deepEqual(rows, [])
  })

  test('writes on while an index of a large table is made, and an index that was cut short is made anew', async () => {
    await using database = openDatabase<unknown>({ url: postgres.url, name: 'test', max: 4 })
    await sql`create schema late`.execute(database)
    await sql`create table late.rows (value int)`.execute(database)
    const definition = { schema: 'late', lateIndexes: [{ name: 'rows_value_idx', of: 'late.rows (value)' }] }
    const stateOf = async () => {
      const { rows } = await sql<{ valid: boolean }>`select indisvalid as valid from pg_index
        where indexrelid = to_regclass('late.rows_value_idx')`.execute(database)
      return rows[0]?.valid
    }
    let made: Promise<void> | undefined
    await database.transaction().execute(async (transaction) => {
      await sql`insert into late.rows values (1)`.execute(transaction)
      made = createLateIndexes(database, definition)
      // It is under way, and waits for this transaction alone.
      while ((await stateOf()) === undefined) await new Promise(setImmediate)
      await sql`insert into late.rows values (2)`.execute(database)
      assert.equal(await stateOf(), false)
    })
    await made
    assert.equal(await stateOf(), true)
    await sql`update pg_index set indisvalid = false
      where indexrelid = to_regclass('late.rows_value_idx')`.execute(database)
    await Promise.all([1, 2].map(() => createLateIndexes(database, definition)))
    assert.equal(await stateOf(), true)
    await sql`drop schema late cascade`.execute(database)
  })

  test('needs its password', async () => {
    for (const { role } of schemas) {
      const database = openDatabase<unknown>({ url: postgres.urlFor(role, 'guess'), name: 'test', max: 1 })
      await assert.rejects(sql`select 1`.execute(database), /password authentication failed/)
      await database.destroy()
    }
  })
})
