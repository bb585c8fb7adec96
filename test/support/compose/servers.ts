import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ComposeService, mountsOf } from '../../../infra/docker/compose-file.ts'
import { findNatsServer } from '../../../infra/local/find-nats-server.mjs'
import { poll } from '../../../infra/local/poll.ts'
import { type PostgresServer, startPostgres } from '../../../infra/local/postgres.ts'
import { Supervised } from '../../../infra/local/supervised.ts'
import { type Address, portHere } from './addresses.ts'

export type ReplayServer = { ready: () => Promise<void>; stop: () => Promise<unknown> }

const readyLimitMs = 30_000

/** The machine's nats-server on the very configuration file of compose; only addresses are this machine's. */
export async function startNats(
  service: ComposeService,
  directory: string,
  addresses: readonly Address[],
): Promise<ReplayServer> {
  const [program, ...args] = service.command
  if (program !== 'nats-server') throw new Error(`nats is to run ${program}, which the replay does not know`)
  const file = findNatsServer()
  if (!file) throw new Error('nats-server is missing')
  const monitor = portHere(addresses, '127.0.0.1')
  const supervised = new Supervised(
    {
      name: 'nats',
      file,
      args: [
        ...args.map((argument) => volumePath(service, directory, argument) ?? argument),
        ...['--addr', '127.0.0.1', '--port', String(portHere(addresses, 'nats'))],
        ...['--http_port', String(monitor)],
      ],
      env: { PATH: process.env.PATH },
      cwd: directory,
      stopSignal: 'SIGTERM',
      logPath: join(directory, 'nats.log'),
      orphanedBy: 'guard',
    },
    () => {},
  )
  await supervised.start()
  const url = service.healthcheck?.test?.at(-1)?.replace('127.0.0.1:8222', `127.0.0.1:${monitor}`)
  if (!url) throw new Error('nats has no health check')
  return {
    ready: () =>
      poll(() => replies(url), { limitMs: readyLimitMs, late: () => `${url} does not answer` }).then(
        () => {},
      ),
    stop: () => supervised.stop(),
  }
}

/** The embedded Postgres with compose's password and database. */
export async function startDatabase(
  service: ComposeService,
  directory: string,
  addresses: readonly Address[],
): Promise<ReplayServer> {
  const { POSTGRES_DB, POSTGRES_PASSWORD_FILE } = service.environment
  const passwordFile = volumePath(service, directory, POSTGRES_PASSWORD_FILE ?? '')
  if (POSTGRES_DB !== 'airs' || !passwordFile)
    throw new Error('postgres has no password file, or another database')
  const server: PostgresServer = await startPostgres({
    directory: join(directory, 'postgres'),
    logPath: join(directory, 'postgres.log'),
    password: readFileSync(passwordFile, 'utf8'),
    preferredPort: portHere(addresses, 'postgres'),
    durable: false,
    report: () => {},
  })
  return { ready: () => server.ready(), stop: () => server.process.stop() }
}

/** The folder or file here that a path in a container stands for. */
function volumePath(service: ComposeService, directory: string, path: string): string | undefined {
  for (const { source, target } of mountsOf(service))
    if (path === target || path.startsWith(`${target}/`))
      return join(directory, source, path.slice(target.length))
  return undefined
}

async function replies(url: string): Promise<true | undefined> {
  const response = await fetch(url).catch(() => undefined)
  return response?.ok ? true : undefined
}
