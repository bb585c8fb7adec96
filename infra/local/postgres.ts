import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { commandLine } from './command-line.ts'
import { freePort } from './free-port.ts'
import { readPidFile, stopLeftover } from './leftover.ts'
import { findPostgresBinaries } from './postgres-binaries.ts'
import { type PostgresHome, preparePostgresHome } from './postgres-home.ts'
import { type Server, waitForServer } from './server.ts'
import { StartError } from './start-error.ts'
import { Supervised, type SupervisorReport } from './supervised.ts'

export type PostgresOptions = {
  /** Made where it is missing; see `preparePostgresHome` for where the data are when root starts it. */
  directory: string
  logPath: string
  /** Of the superuser `postgres`; takes effect when the data directory is made. */
  password: string
  preferredPort?: number
  /** False for throw-away data: nothing is flushed to disk. */
  durable?: boolean
  /** A folder of empty clusters, one for each build of Postgres; a copy saves the seconds that making one takes. */
  emptyClusters?: string
  say?: (line: string) => void
  report: (report: SupervisorReport) => void
}

export type PostgresServer = Server & { urlFor: (role: string, password: string) => string }

/** The database that everything of AIRS-CP is in. */
const database = 'airs'
const isMac = process.platform === 'darwin'
// On macOS Postgres ends when a library asks the system for the locale while it starts.
const environment = { PATH: process.env.PATH, TZ: 'UTC', ...(isMac && { LC_ALL: 'C' }) }
/** By code point, letters as Unicode has them. macOS has no C.UTF-8. */
const locale = isMac ? ['--locale=C', '--lc-ctype=UTF-8'] : ['--locale=C.UTF-8']
const throwAway = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

/**
 * Starts a Postgres of our own on 127.0.0.1 and makes its data directory where there is none. Resolves when it was
 * spawned; ask `ready()`.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const binaries = findPostgresBinaries()
  const home = preparePostgresHome(options.directory, binaries, options.say ?? (() => {}))
  const data = join(home.directory, 'data')
  const emptyCluster =
    options.emptyClusters && join(options.emptyClusters, binaries.build ?? binaries.version)
  if (!existsSync(data)) initialise(home, options, emptyCluster)
  checkVersion(data, binaries.version)
  await stopLeftoverPostmaster(data, options.say)
  const port = await freePort(options.preferredPort)
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=200',
    'log_checkpoints=off',
    ...(options.durable === false ? throwAway : []),
  ]
  const supervised = new Supervised(
    {
      name: 'postgres',
      file: join(home.binaries, 'bin', 'postgres'),
      args: ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
      env: environment,
      cwd: home.directory,
      account: home.account,
      stopSignal: 'SIGINT',
      logPath: options.logPath,
      orphanedBy: 'guard',
      prepare: () => stopLeftoverPostmaster(data),
    },
    options.report,
  )
  await supervised.start()
  return {
    process: supervised,
    port,
    directory: home.directory,
    version: binaries.version,
    ready: (signal) => waitForServer(supervised, () => isReady(data, supervised.pid), signal),
    urlFor: (role, password) => `postgres://${role}:${password}@127.0.0.1:${port}/${database}`,
  }
}

/** Made beside its place and moved there when it is complete: an interrupted start leaves nothing half done. */
function initialise(home: PostgresHome, options: PostgresOptions, emptyCluster: string | undefined): void {
  const unfinished = join(home.directory, 'data.new')
  rmSync(unfinished, { recursive: true, force: true })
  if (emptyCluster !== undefined && existsSync(emptyCluster)) {
    copyCluster(emptyCluster, unfinished)
    const password = options.password.replaceAll("'", "''")
    run(
      home,
      'postgres',
      ['--single', '-D', unfinished, 'postgres'],
      `ALTER ROLE postgres PASSWORD '${password}'\n`,
    )
  } else {
    makeCluster(home, unfinished, options)
    if (emptyCluster !== undefined) keepCluster(unfinished, emptyCluster)
  }
  renameSync(unfinished, join(home.directory, 'data'))
}

function makeCluster(home: PostgresHome, directory: string, { password, durable }: PostgresOptions): void {
  const passwordFile = join(home.directory, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (home.account) chownSync(passwordFile, home.account.uid, home.account.gid)
  try {
    run(home, 'initdb', [
      '-D',
      directory,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      ...locale,
      '--no-instructions',
      ...(durable === false ? ['--no-sync'] : []),
    ])
  } finally {
    rmSync(passwordFile, { force: true })
  }
  run(home, 'postgres', ['--single', '-D', directory, 'postgres'], `CREATE DATABASE ${database}\n`)
}

/** Several may keep one at once: the first one stays. */
function keepCluster(directory: string, emptyCluster: string): void {
  const unfinished = `${emptyCluster}.${process.pid}`
  mkdirSync(dirname(emptyCluster), { recursive: true })
  copyCluster(directory, unfinished)
  try {
    renameSync(unfinished, emptyCluster)
  } catch {
    rmSync(unfinished, { recursive: true })
  }
}

/** With its owner, as whom alone Postgres runs on it. */
function copyCluster(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to])
}

function run(home: PostgresHome, program: string, args: string[], input = ''): void {
  const result = spawnSync(join(home.binaries, 'bin', program), args, {
    cwd: home.directory,
    env: environment,
    input,
    encoding: 'utf8',
    ...home.account,
  })
  if (result.status === 0) return
  const why = result.error?.message ?? result.stderr.trim()
  throw new StartError(`Postgres could not make its data in ${home.directory} (${program}): ${why}`)
}

function checkVersion(data: string, version: string): void {
  const made = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim()
  const major = version.split('.')[0]
  if (made === major) return
  throw new StartError(
    `${data} was made by Postgres ${made}, but this is Postgres ${major}: ` +
      'move the data directory away to begin anew, or set DATABASE_URL to a Postgres that has the data.',
  )
}

async function stopLeftoverPostmaster(data: string, say?: (line: string) => void): Promise<void> {
  const pidFile = join(data, 'postmaster.pid')
  const pid = readPidFile(pidFile)
  if (pid === undefined) return
  const stopped = await stopLeftover({
    name: 'Postgres',
    pid,
    mark: data,
    signal: 'SIGINT',
    lastSignal: 'SIGQUIT',
  })
  if (stopped) say?.(`Stopped the Postgres (pid ${pid}) that an earlier start had left behind.`)
  // Postgres believes the file as long as any process has that id, even one that is not Postgres.
  else if (commandLine(pid) !== undefined) rmSync(pidFile, { force: true })
}

/** The postmaster writes its state on the eighth line of its pid file. */
function isReady(data: string, pid: number | undefined): boolean {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
  } catch {
    return false
  }
}
