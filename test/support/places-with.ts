import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { filesWith } from './files-with.ts'

/**
 * Where a text is: tables by their name, and files below `directory`, such as of streams, journals and exports. Not those of Postgres,
 * whose tables are read, nor those below a folder `outside`, or tables of the schema `backup`.
 */
export async function placesWith(
  database: Database<unknown>,
  directory: string,
  text: string,
): Promise<string[]> {
  const dumps = join(directory, 'dumps')
  rmSync(dumps, { recursive: true, force: true })
  mkdirSync(dumps)
  const { rows } = await sql<{ name: string }>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'
      and table_schema <> 'backup'`.execute(database)
  for (const { name } of rows) {
    const dump = await sql<{ row: string }>`select t::text as row from ${sql.raw(name)} t`.execute(database)
    const text = dump.rows.map(({ row }) => row).join('\n')
    writeFileSync(join(dumps, `${name}.dump`), text)
    // What is bytes in a table stands there in hexadecimal.
    writeFileSync(
      join(dumps, `${name}.bytes`),
      text.replace(/\\x([0-9a-f]+)/g, (_, hex) => Buffer.from(hex, 'hex').toString('latin1')),
    )
  }
  return filesWith(directory, text).filter((path) => !/\/(postgres|outside)\//.test(path))
}
