import { sql } from 'kysely'
import type { Database } from './database.ts'

/**
 * Makes sure that a login role exists with this password and no other right than to connect.
 * @throws when the connection may not create roles.
 */
export async function ensureRole<Tables>(
  database: Database<Tables>,
  role: string,
  password: string,
): Promise<void> {
  const { rows } = await sql`select 1 from pg_roles where rolname = ${role}`.execute(database)
  const verb = rows.length > 0 ? sql`alter` : sql`create`
  await sql`${verb} role ${sql.id(role)} login nosuperuser nocreatedb nocreaterole password ${sql.lit(password)}`.execute(
    database,
  )
}
