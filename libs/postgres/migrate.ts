import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Database } from './database.ts'
import type { TableRules } from './table-rules.ts'

/** A schema of one service: its migrations by UTC time, and the role that the service connects as. */
export type SchemaDefinition = {
  schema: string
  role: string
  migrations: Record<string, Migration>
  /** Indexes of tables that may be large before they have them: made without holding off who writes. */
  lateIndexes?: readonly LateIndex[]
  /** Every table of the schema, with what bounds it. */
  tables: TableRules
}

/** `of` is what stands behind `create index NAME on`. */
export type LateIndex = { name: string; of: string }

/**
 * Brings a schema up to date under a lock; the connection must own the schema.
 * @returns names of the migrations that ran.
 * @throws the error of the migration that failed; the ones before it stay. Nothing is changed where a later version has been here.
 */
export async function migrate<Tables>(
  database: Database<Tables>,
  { schema, migrations }: Pick<SchemaDefinition, 'schema' | 'migrations'>,
): Promise<string[]> {
  await sql`create schema if not exists ${sql.id(schema)}`.execute(database)
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => migrations },
    migrationTableName: 'migrations',
    migrationLockTableName: 'migrations_lock',
    migrationTableSchema: schema,
  })
  const executed = (await executedMigrations(database, schema)).filter((name) => !(name in migrations))
  if (executed.length > 0)
    throw new Error(
      `The schema ${schema} is of a later version: it has the migration ${executed.join(', ')}, which this version does not have. Nothing was changed. Start the later version again, or put back a backup of this one`,
    )
  const { error, results } = await migrator.migrateToLatest()
  if (error) {
    const failed = results?.find((result) => result.status === 'Error')
    throw new Error(
      `Migration ${failed?.migrationName ?? ''} of schema ${schema} failed: ${String((error as Error).message)}`,
      {
        cause: error,
      },
    )
  }
  return (results ?? []).map((result) => result.migrationName)
}

async function executedMigrations<Tables>(database: Database<Tables>, schema: string): Promise<string[]> {
  const { rows: tables } = await sql<{ there: boolean }>`
    select to_regclass(${`${schema}.migrations`}) is not null as there`.execute(database)
  if (!tables[0]?.there) return []
  const { rows } = await sql<{ name: string }>`
    select name from ${sql.id(schema, 'migrations')} order by name`.execute(database)
  return rows.map(({ name }) => name)
}

/**
 * A migration is one transaction, and an index that it makes on a large table keeps all events waiting until it is done. These are
 * made beside whoever writes, after the migrations. One that was cut short is made anew. Must not be called within a transaction, nor
 * while others wait for a lock of the caller: it waits for the statements of everybody else.
 */
export async function createLateIndexes<Tables>(
  database: Database<Tables>,
  { schema, lateIndexes = [] }: Pick<SchemaDefinition, 'schema' | 'lateIndexes'>,
): Promise<void> {
  if (lateIndexes.length === 0) return
  await database.connection().execute(async (connection) => {
    const lock = sql`hashtextextended(${`airs late indexes ${schema}`}, 0)`
    // Waits outside a statement: what makes an index waits for each statement that is under way.
    while (!(await isTrue(sql`select pg_try_advisory_lock(${lock}) as it`, connection))) await sleep(200)
    try {
      for (const { name, of } of lateIndexes) {
        const index = sql.id(schema, name)
        const isBroken = sql`select exists (select from pg_index
          where indexrelid = to_regclass(${`${schema}.${name}`}) and not indisvalid) as it`
        if (await isTrue(isBroken, connection))
          await sql`drop index concurrently ${index}`.execute(connection)
        await sql`create index concurrently if not exists ${sql.id(name)} on ${sql.raw(of)}`.execute(
          connection,
        )
      }
    } finally {
      await sql`select pg_advisory_unlock(${lock})`.execute(connection)
    }
  })
}

async function isTrue<Tables>(query: RawBuilder<unknown>, connection: Kysely<Tables>): Promise<boolean> {
  const { rows } = await (query as RawBuilder<{ it: boolean }>).execute(connection)
  return rows[0]?.it === true
}
