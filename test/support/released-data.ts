import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Database, ensureRole, migrate, openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { schemas } from '../../infra/setup/setup.ts'

type Dump = {
  /** By schema. */
  migrations: Record<string, string[]>
  /** By table with its schema. */
  rows: Record<string, Record<string, unknown>[]>
  sequences: Record<string, number>
}

/** What a released version left behind; `test/fixtures/VERSION/README.md` says what there is. */
export function releasedData(version: string) {
  const path = (name: string) => join(import.meta.dirname, '..', 'fixtures', version, name)
  return {
    json: <Value>(name: string): Value => JSON.parse(readFileSync(path(name), 'utf8')),
    text: (name: string): string => gunzipSync(readFileSync(path(`${name}.gz`))).toString(),
    /** Puts an export and its manifest into a folder, as the CLI left them. @returns its path. */
    copyExport(name: string, folder: string): string {
      const file = join(folder, name)
      writeFileSync(file, gunzipSync(readFileSync(path(`${name}.gz`))))
      writeFileSync(`${file}.manifest.json`, readFileSync(path(`${name}.manifest.json`)))
      return file
    },
    unpackDataFolder(folder: string): void {
      execFileSync('tar', ['-xzf', path('data-folder.tar.gz'), '-C', folder])
    },
    /** Makes an empty database what that version's was: with its migrations alone, and its rows. */
    async fillDatabase(url: string): Promise<void> {
      const dump: Dump = JSON.parse(this.text('postgres.json'))
      await using database = openDatabase<unknown>({ url, name: 'fixture', max: 1 })
      for (const { role } of schemas) await ensureRole(database, role, 'replaced-by-setup')
      for (const { schema, migrations } of schemas) {
        const ran = dump.migrations[schema] ?? []
        const known = Object.entries(migrations).filter(([name]) => ran.includes(name))
        if (known.length < ran.length)
          throw new Error(`A migration of ${version} is gone from ${schema}: ${ran.join(', ')}`)
        await migrate(database, { schema, migrations: Object.fromEntries(known) })
      }
      await sql`set session_replication_role = replica`.execute(database)
      for (const [table, rows] of Object.entries(dump.rows)) await fill(database, table, rows)
      for (const [sequence, last] of Object.entries(dump.sequences))
        await sql`select setval(${sequence}, ${last})`.execute(database)
    },
  }
}

async function fill(database: Database<unknown>, table: string, rows: object[]): Promise<void> {
  const columns = sql.join(Object.keys(rows[0] ?? {}).map((column) => sql.ref(column)))
  await sql`delete from ${sql.table(table)}`.execute(database)
  await sql`insert into ${sql.table(table)} (${columns}) overriding system value
    select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)})`.execute(
    database,
  )
}
