import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { askReadiness } from '../../infra/ask-readiness.ts'
import { natsServerConfig } from '../../infra/docker/nats-server-config.ts'
import { repositoryRoot } from '../../infra/local/data-directory.ts'
import { findNatsServer } from '../../infra/local/find-nats-server.mjs'
import { type NatsPermissions, permissionsOf } from '../../infra/local/nats-permissions.ts'
import { startPostgres } from '../../infra/local/postgres.ts'
import { findPostgresBinaries } from '../../infra/local/postgres-binaries.ts'
import { preparePostgresHome } from '../../infra/local/postgres-home.ts'
import { Supervised } from '../../infra/local/supervised.ts'
import { allocatorEnvironment, processes } from '../../infra/processes.ts'
import { within } from '../fault/world.ts'
import { emptyClusters } from '../support/start-postgres.ts'
import { withoutSettings } from '../support/without-settings.ts'
import type { Member, Network } from './network.ts'

export const ingresses = ['ingress-1', 'ingress-2', 'ingress-3'] as const
export const natsServers = ['nats-0', 'nats-1', 'nats-2'] as const
/** Of each, one works and one waits. */
export const pairs = ['policy', 'audit', 'lineage'] as const
export const workers = ['worker-1', 'worker-2'] as const
export const postgresServers = ['postgres-a', 'postgres-b'] as const

const password = 'secret'
const token = 'token-of-the-test'
const roles = ['airs_audit', 'airs_lineage', 'airs_policy', 'airs_export']

/** Everything several times, each on a machine of its own. */
export type Deployment = {
  network: Network
  token: string
  databaseUrl: string
  natsUrl: string
  directory: string
  process: (name: string) => Supervised
  /** Where a member responds on `edge`. */
  urlOf: (name: string) => string
  member: (name: string) => Member
  ask: (name: string, limitMs?: number) => Promise<Answer>
  /** The one of a pair that works. */
  active: (pair: string) => Promise<string>
  journalOf: (ingress: string) => string
  /** The Postgres that writes. */
  primary: () => string
  /**
   * Makes the standby the primary and gives it the address. @returns the seconds of each step.
   */
  promote: () => Promise<Record<string, number>>
  /** Reads at the standby what it has. */
  atStandby: <Result>(read: (database: Database<unknown>) => Promise<Result>) => Promise<Result>
  /** Makes a standby of the machine that is not the primary, of a new copy. */
  reseed: () => Promise<void>
  /** Has NATS read the users and permissions of this version: server after server starts again, as a StatefulSet does it. */
  updateNats: () => Promise<void>
  /** Stops a service of the former version, and starts it from this one. */
  upgrade: (name: string) => Promise<void>
  setUp: (root?: string) => void
  close: () => Promise<string[]>
}

export type Answer = { status: number | undefined; tookMs: number; body: string }

export type DeploymentOptions = {
  network: Network
  directory: string
  /** Of a provider. */
  baseUrl: string
  /** A checkout of the former version to start at first: one of each, with one NATS user for all ingresses. */
  former?: string
  say: (line: string) => void
}

export async function startDeployment(options: DeploymentOptions): Promise<Deployment> {
  const { network, directory, baseUrl, say } = options
  const root = options.former ?? repositoryRoot
  const isFormer = options.former !== undefined
  const supervised = new Map<string, Supervised>()
  const members = new Map<string, Member>()
  const ports = new Map<string, number>()
  const add = (name: string) => {
    const member = network.add(name)
    members.set(name, member)
    return member
  }
  const supervise = (
    name: string,
    program: readonly string[],
    more: {
      env: NodeJS.ProcessEnv
      orphanedBy: 'ipc' | 'guard'
      stopSignal: NodeJS.Signals
      account?: Account
    },
  ) => {
    const [file, ...args] = [...members.get(name)!.enter(more.account), ...program]
    const made = new Supervised(
      {
        name,
        file: file!,
        args,
        env: more.env,
        cwd: directory,
        stopSignal: more.stopSignal,
        logPath: join(directory, `${name}.log`),
        orphanedBy: more.orphanedBy,
      },
      (report) => say(`    ${report.name} ${report.how}`),
    )
    supervised.set(name, made)
    return made
  }

  // NATS: three servers, each stream on all of them.
  const natsUsersBy = (permissions: (user: string) => NatsPermissions | undefined) => [
    { user: 'airs-setup', password },
    ...[...ingresses, ...processes.map(({ name }) => name)].map((name) => {
      const user = `airs-${name}`
      return { user, password, ...(permissions(user) && { permissions: permissions(user)! }) }
    }),
  ]
  const formerPermissions = isFormer
    ? (await import(join(root, 'infra', 'local', 'nats-permissions.ts'))).natsPermissions
    : undefined
  for (const name of natsServers) add(name)
  const routes = natsServers.map((name) => `${members.get(name)!.address.inside}:6222`)
  const natsConfig = join(directory, 'nats-server.json')
  const writeNatsConfig = (permissions: (user: string) => NatsPermissions | undefined) =>
    writeFileSync(
      natsConfig,
      JSON.stringify(natsServerConfig(natsUsersBy(permissions), { routes, password })),
    )
  writeNatsConfig(isFormer ? (user) => formerPermissions[user] : permissionsOf)
  const natsUrlOf = (user: string) =>
    natsServers
      .map((name) => `nats://${user}:${password}@${members.get(name)!.address.inside}:4222`)
      .join(',')
  for (const name of natsServers) {
    const store = join(directory, name)
    const own = ['--name', name, '--store_dir', store]
    const program = [findNatsServer()!, '--config', natsConfig, ...own]
    await supervise(name, program, {
      env: { PATH: process.env.PATH },
      orphanedBy: 'guard',
      stopSignal: 'SIGTERM',
    }).start()
  }

  // Postgres: a primary with a standby, and an address that belongs to the primary.
  const address = network.spare(5)
  const databaseUrlOf = (role: string) => `postgres://${role}:${password}@${address}:5432/airs`
  const databaseUrl = databaseUrlOf('postgres')
  const made = await startPostgres({
    directory: join(directory, 'postgres'),
    logPath: join(directory, 'postgres.log'),
    password,
    durable: false,
    emptyClusters,
    report: () => {},
  })
  await made.ready()
  await made.process.stop()
  const home = preparePostgresHome(join(directory, 'postgres'), findPostgresBinaries(), () => {})
  const clusterOf = (name: string) => join(made.directory, name)
  const hba = `local all all trust\nhost all all all scram-sha-256\nhost replication all all scram-sha-256\n`
  writeFileSync(join(made.directory, 'data', 'pg_hba.conf'), hba)
  const copy = (from: string, to: string) => {
    rmSync(to, { recursive: true, force: true })
    execFileSync('cp', ['-a', from, to])
  }
  const becomeStandby = (name: string) => {
    const cluster = clusterOf(name)
    const settings = `primary_conninfo = 'host=${address} user=postgres password=${password} application_name=standby connect_timeout=3'\n`
    appendFileSync(join(cluster, 'postgresql.auto.conf'), settings)
    writeFileSync(join(cluster, 'standby.signal'), '')
    if (home.account)
      execFileSync('chown', [`${home.account.uid}:${home.account.gid}`, join(cluster, 'standby.signal')])
  }
  let primary: string = postgresServers[0]
  const standby = () => postgresServers.find((name) => name !== primary)!
  for (const name of postgresServers) {
    add(name)
    copy(join(made.directory, 'data'), clusterOf(name))
    if (name !== primary) becomeStandby(name)
    const settings = [
      ...['listen_addresses=*', 'port=5432', 'unix_socket_directories=', 'max_connections=200'],
      // Nothing of a test survives its machine, and a process that is killed loses nothing that the kernel has.
      ...[
        'fsync=off',
        'log_checkpoints=off',
        'wal_keep_size=512MB',
        'wal_receiver_timeout=5s',
        'wal_sender_timeout=5s',
      ],
      // As docs/scaling.md says: leaves of the log wait for the standby, everything else does not.
      'synchronous_commit=local',
    ]
    const program = [
      join(home.binaries, 'bin', 'postgres'),
      ...['-D', clusterOf(name), ...settings.flatMap((setting) => ['-c', setting])],
    ]
    supervise(name, program, {
      env: { PATH: process.env.PATH, TZ: 'UTC' },
      orphanedBy: 'guard',
      stopSignal: 'SIGINT',
      account: home.account,
    })
  }
  network.moveAddress(address, primary)
  await supervised.get(primary)!.start()
  await supervised.get(standby())!.start()
  const administrate = async <Result>(
    work: (database: Database<unknown>) => Promise<Result>,
    at = address,
  ): Promise<Result> => {
    const url = `postgres://postgres:${password}@${at}:5432/airs`
    await using database = openDatabase<unknown>({ url, name: 'administrator', max: 1 })
    return await work(database)
  }
  const answers = (at?: string) =>
    administrate(async (database) => {
      await sql`select 1`.execute(database)
      return true
    }, at)
  /** From now on what must not be lost waits for the standby. */
  const awaitStandby = async () => {
    await within(60_000, () =>
      administrate(async (database) => {
        const { rows } = await sql`select 1 from pg_stat_replication where state = 'streaming'`.execute(
          database,
        )
        return rows.length === 1
      }),
    )
    await administrate(async (database) => {
      await sql`alter system set synchronous_standby_names = 'standby'`.execute(database)
      await sql`select pg_reload_conf()`.execute(database)
    })
  }
  if (!(await within(60_000, () => answers()))) throw new Error('Postgres does not start')
  await awaitStandby()

  function setUp(from = root): void {
    execFileSync(process.execPath, [join(from, 'infra', 'setup', 'main.ts')], {
      env: {
        ...withoutSettings(process.env),
        DATABASE_URL: databaseUrl,
        NATS_URL: natsUrlOf('airs-setup'),
        AIRS_STREAM_REPLICAS: '3',
        AIRS_POSTGRES_PASSWORDS: JSON.stringify(Object.fromEntries(roles.map((role) => [role, password]))),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  }
  let isSetUp = false
  await within(60_000, () => {
    setUp()
    isSetUp = true
    return true
  })
  if (!isSetUp) setUp()

  const shared = join(directory, 'shared')
  mkdirSync(shared)
  const entries = new Map<string, string>()
  async function addService(name: string, kind: string): Promise<void> {
    add(name)
    const definition = processes.find((one) => one.name === kind)!
    const isIngress = kind === 'ingress'
    const role = definition.databaseRole
    ports.set(name, definition.port?.default ?? 0)
    entries.set(name, definition.entry)
    const env = {
      ...withoutSettings(process.env),
      ...allocatorEnvironment,
      AIRS_HOST: '0.0.0.0',
      AIRS_LOG: 'info',
      NATS_URL: natsUrlOf(isIngress && !isFormer ? `airs-${name}` : `airs-${kind}`),
      AIRS_DATA_DIR: isIngress ? join(directory, name) : shared,
      ...(role && { DATABASE_URL: databaseUrlOf(role), AIRS_TOKEN: token }),
      ...((pairs as readonly string[]).includes(kind) && { AIRS_STANDBY: 'true' }),
      ...(kind === 'audit' && { AIRS_STREAM_REPLICAS: '3' }),
      ...(isIngress && {
        AIRS_FINGERPRINT_KEY: 'of-all-ingresses-the-same',
        AIRS_PROVIDER: 'openai',
        AIRS_OPENAI_BASE_URL: baseUrl,
        AIRS_OPENAI_API_KEY: 'sk-of-the-server',
        AIRS_INSECURE: 'true',
        AIRS_KEYS: 'optional',
      }),
    }
    const program = [process.execPath, ...(definition.nodeOptions ?? []), join(root, definition.entry)]
    await supervise(name, program, { env, orphanedBy: 'ipc', stopSignal: 'SIGTERM' }).start()
  }
  for (const kind of pairs)
    for (const number of isFormer ? [1] : [1, 2]) await addService(`${kind}-${number}`, kind)
  await addService('export', 'export')
  for (const name of workers) await addService(name, 'export-worker')
  for (const name of ingresses) await addService(name, 'ingress')

  const urlOf = (name: string) => `http://${members.get(name)!.address.edge}:${ports.get(name)}`
  const ask = async (name: string, limitMs = 30_000): Promise<Answer> => {
    const beganMs = performance.now()
    const { status, body } = await askReadiness(urlOf(name), limitMs).catch((error: Error) => ({
      status: undefined,
      body: error.message,
    }))
    return { status, body, tookMs: performance.now() - beganMs }
  }
  const isReady = async (name: string) => (await ask(name, 2_000)).status === 200
  const active = async (pair: string) => {
    let found: string | undefined
    await within(60_000, async () => {
      for (const name of [`${pair}-1`, `${pair}-2`])
        if (supervised.has(name) && (await isReady(name))) found = name
      return found !== undefined
    })
    if (found === undefined) throw new Error(`Neither ${pair} works`)
    return found
  }
  for (const pair of pairs) await active(pair)
  for (const name of [...ingresses, 'export'])
    if (!(await within(60_000, () => isReady(name))))
      throw new Error(`${name} is not ready: ${(await ask(name)).body}`)

  return {
    network,
    token,
    databaseUrl,
    natsUrl: natsUrlOf('airs-setup'),
    directory,
    process: (name) => supervised.get(name)!,
    member: (name) => members.get(name)!,
    urlOf,
    ask,
    active,
    journalOf: (ingress) => join(directory, ingress, 'ingress', 'journal'),
    primary: () => primary,
    async promote() {
      const steps: Record<string, number> = {}
      let beganMs = performance.now()
      const step = (name: string) => {
        steps[name] = (performance.now() - beganMs) / 1_000
        beganMs = performance.now()
      }
      const next = standby()
      const at = members.get(next)!.address.inside
      await administrate(async (database) => {
        await sql`select pg_promote()`.execute(database)
      }, at)
      step('pg_promote()')
      await administrate(async (database) => {
        await sql`alter system reset synchronous_standby_names`.execute(database)
        await sql`select pg_reload_conf()`.execute(database)
      }, at)
      step('no longer wait for a standby')
      network.moveAddress(address, next)
      primary = next
      step('move the address')
      return steps
    },
    atStandby: (read) => administrate(read, members.get(standby())!.address.inside),
    async reseed() {
      const name = standby()
      await supervised.get(name)!.stop()
      await administrate((database) =>
        database.connection().execute(async (connection) => {
          await sql`select pg_backup_start('reseed', fast => true)`.execute(connection)
          copy(clusterOf(primary), clusterOf(name))
          const { rows } = await sql<{ labelfile: string }>`select labelfile from pg_backup_stop()`.execute(
            connection,
          )
          const label = join(clusterOf(name), 'backup_label')
          writeFileSync(label, rows[0]!.labelfile)
          if (home.account) execFileSync('chown', [`${home.account.uid}:${home.account.gid}`, label])
          rmSync(join(clusterOf(name), 'postmaster.pid'), { force: true })
        }),
      )
      becomeStandby(name)
      await supervised.get(name)!.start()
      await awaitStandby()
    },
    async updateNats() {
      writeNatsConfig(permissionsOf)
      for (const name of natsServers) {
        await supervised.get(name)!.stop()
        await supervised.get(name)!.start()
        await sleep(5_000)
      }
    },
    async upgrade(name) {
      const { command } = supervised.get(name)!
      await supervised.get(name)!.stop(20_000)
      const args = [...command.args.slice(0, -1), join(repositoryRoot, entries.get(name)!)]
      const env = name.startsWith('ingress')
        ? { ...command.env, NATS_URL: natsUrlOf(`airs-${name}`) }
        : command.env
      Object.assign(command, { args, env })
      await supervised.get(name)!.start()
    },
    setUp,
    async close() {
      const killed: string[] = []
      const stop = async (names: string[]) => {
        await Promise.all(
          names.map(async (name) => {
            if (await supervised.get(name)?.stop(10_000)) killed.push(name)
          }),
        )
      }
      const names = [...supervised.keys()]
      const isServer = (name: string) => name.startsWith('nats') || name.startsWith('postgres')
      await stop(names.filter((name) => name.startsWith('ingress')))
      await stop(names.filter((name) => !isServer(name) && !name.startsWith('ingress')))
      await stop(names.filter(isServer))
      return killed
    },
  }
}

type Account = { uid: number; gid: number }
