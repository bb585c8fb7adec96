import { sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Database } from './database.ts'
import type { TableRules } from './table-rules.ts'

/** A schema of one service: its migrations by UTC time, and the role that the service connects as. */
export type SchemaDefinition = {
  schema: string
  role: string
  migrations: Record<string, Migration>
  /** Every table of the schema, with what bounds it. */
  tables: TableRules
}

/**
 * Brings a schema up to date under a lock; the connection must own the schema.
 * @returns names of the migrations that ran.
 * @throws the error of the migration that failed; the ones before it stay.
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
