import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import type { PostgresBinaries } from './postgres-binaries.ts'
import { StartError } from './start-error.ts'

export type PostgresHome = {
  binaries: string
  /** Owned by the account. */
  directory: string
  /** Whom Postgres runs as; absent: as ourselves. */
  account?: { uid: number; gid: number }
}

/** Reachable for every account, unlike the home folder of root. */
const shelter = '/var/lib/airs-cp'

/**
 * Postgres refuses to run as root. Started by root, it runs as the user `postgres` (made where there is none), and what
 * that user cannot reach, because a folder above is closed to it, moves to /var/lib/airs-cp: a copy of the
 * binaries, and the data, with a symbolic link where they were expected.
 */
export function preparePostgresHome(
  directory: string,
  binaries: PostgresBinaries,
  say: (line: string) => void,
): PostgresHome {
  if (process.getuid?.() !== 0) {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    return { binaries: binaries.folder, directory }
  }
  const account = ownerOf(directory) ?? postgresAccount(say)
  return {
    binaries: reachableBinaries(binaries, account, say),
    directory: reachableDirectory(directory, account, say),
    account,
  }
}

type Account = { uid: number; gid: number }

/** Whoever made the data goes on owning it. */
function ownerOf(directory: string): Account | undefined {
  const cluster = statSync(join(directory, 'data'), { throwIfNoEntry: false })
  return cluster && cluster.uid !== 0 ? { uid: cluster.uid, gid: cluster.gid } : undefined
}

function postgresAccount(say: (line: string) => void): Account {
  const existing = lookUpAccount()
  if (existing) return existing
  say('Making a system user "postgres": Postgres does not run as root.')
  const made = spawnSync(
    'useradd',
    [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/usr/sbin/nologin',
      'postgres',
    ],
    { encoding: 'utf8' },
  )
  const account = lookUpAccount()
  if (account) return account
  const why = made.error?.message ?? made.stderr.trim()
  throw new StartError(
    `Postgres does not run as root, and a user for it could not be made (${why}): start as an ordinary user, or set DATABASE_URL.`,
  )
}

function lookUpAccount(): Account | undefined {
  try {
    const number = (flag: string) =>
      Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }))
    return { uid: number('-u'), gid: number('-g') }
  } catch {
    return undefined
  }
}

function reachableBinaries(
  binaries: PostgresBinaries,
  account: Account,
  say: (line: string) => void,
): string {
  if (isTrue('test -x "$1"', join(binaries.folder, 'bin', 'postgres'), account)) return binaries.folder
  const copy = join(shelter, `postgres-${binaries.build ?? binaries.version}`)
  if (existsSync(copy)) return copy
  say(`The user "postgres" cannot enter ${binaries.folder}: its binaries are copied to ${copy}.`)
  makeShelter()
  const unfinished = `${copy}.${process.pid}`
  execFileSync('cp', ['-a', binaries.folder, unfinished])
  execFileSync('chmod', ['-R', 'a+rX', unfinished])
  try {
    renameSync(unfinished, copy)
  } catch (error) {
    rmSync(unfinished, { recursive: true })
    if (!existsSync(copy)) throw error
  }
  return copy
}

function reachableDirectory(directory: string, account: Account, say: (line: string) => void): string {
  const isLink = lstatSync(directory, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
  if (isLink && !existsSync(directory)) rmSync(directory)
  else if (isLink) return realpathSync(directory)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  chownSync(directory, account.uid, account.gid)
  if (isOwn(directory, account)) return directory
  if (existsSync(join(directory, 'data')))
    throw new StartError(
      `Postgres (user id ${account.uid}) cannot reach its data in ${directory}: open the folders above to it (chmod o+x).`,
    )
  const elsewhere = join(shelter, createHash('sha256').update(directory).digest('hex').slice(0, 12))
  say(`The user "postgres" cannot enter ${directory}: Postgres keeps its data in ${elsewhere}.`)
  makeShelter()
  setAside(elsewhere, say)
  mkdirSync(elsewhere, { mode: 0o700 })
  chownSync(elsewhere, account.uid, account.gid)
  rmdirSync(directory)
  symlinkSync(elsewhere, directory)
  return elsewhere
}

/** Data of a checkout that stood at the same place and is gone. It fits nothing that this one has. */
function setAside(directory: string, say: (line: string) => void): void {
  if (!existsSync(directory)) return
  const aside = `${directory}.${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
  renameSync(directory, aside)
  say(`Data of an earlier checkout in the same place are now in ${aside}: delete them if they are of no use.`)
}

function makeShelter(): void {
  mkdirSync(shelter, { recursive: true })
  chmodSync(shelter, 0o755)
}

function isOwn(directory: string, account: Account): boolean {
  return isTrue('test -O "$1" && test -w "$1"', directory, account)
}

function isTrue(test: string, path: string, account: Account): boolean {
  return spawnSync('/bin/sh', ['-c', test, 'sh', path], { cwd: '/', ...account }).status === 0
}
