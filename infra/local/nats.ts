import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { replaceFileSync } from '@airs-cp/files'
import { findNatsServer } from './find-nats-server.mjs'
import { freePort } from './free-port.ts'
import { readPidFile, stopLeftover } from './leftover.ts'
import type { NatsPermissions } from './nats-permissions.ts'
import { type Server, waitForServer } from './server.ts'
import { StartError } from './start-error.ts'
import { Supervised, type SupervisorReport } from './supervised.ts'

export type NatsUser = { user: string; password: string; permissions?: NatsPermissions }

export type NatsOptions = {
  /** Configuration and JetStream store. */
  directory: string
  logPath: string
  users: readonly NatsUser[]
  preferredPort?: number
  /** Bytes that JetStream may store; without it, three quarters of what the disk has free. */
  maxStoreBytes?: number | undefined
  say?: (line: string) => void
  report: (report: SupervisorReport) => void
}

export type NatsServer = Server & {
  /** Where JetStream keeps its streams. */
  storeDirectory: string
  urlFor: (user: string, password: string) => string
}

/** Starts a nats-server with JetStream on 127.0.0.1. Resolves when it was spawned; ask `ready()`. */
export async function startNats(options: NatsOptions): Promise<NatsServer> {
  const file = findNatsServer()
  if (!file)
    throw new StartError(
      'nats-server is missing: install it (apt-get install nats-server, or brew install nats-server), or set NATS_URL.',
    )
  const { directory, logPath, users } = options
  const configPath = join(directory, 'nats-server.json')
  const pidPath = join(directory, 'nats-server.pid')
  const storeDirectory = join(directory, 'jetstream')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const clearTheWay = (say?: (line: string) => void) => stopLeftoverNats(pidPath, configPath, say)
  await clearTheWay(options.say)
  const port = await freePort(options.preferredPort)
  const config = {
    server_name: 'airs-local',
    host: '127.0.0.1',
    port,
    jetstream: {
      store_dir: directory,
      ...(options.maxStoreBytes && { max_file_store: options.maxStoreBytes }),
    },
    authorization: { users },
  }
  writeFileSync(configPath, JSON.stringify(config, null, 2), { mode: 0o600 })
  const supervised = new Supervised(
    {
      name: 'nats',
      file,
      args: ['-c', configPath],
      env: { PATH: process.env.PATH },
      cwd: directory,
      stopSignal: 'SIGINT',
      logPath,
      pidPath,
      orphanedBy: 'guard',
      prepare: clearTheWay,
    },
    options.report,
  )
  await supervised.start()
  return {
    process: supervised,
    port,
    directory,
    storeDirectory,
    version: versionOf(file),
    ready: (signal) => waitForServer(supervised, () => greets(port), signal),
    urlFor: (user, password) => `nats://${user}:${password}@127.0.0.1:${port}`,
  }
}

/**
 * Gives a nats-server of `startNats` one more user. It takes its configuration anew without losing a connection.
 * @throws StartError when there is none.
 */
export function addNatsUser(directory: string, user: NatsUser): { port: number } {
  const configPath = join(directory, 'nats-server.json')
  const pid = readPidFile(join(directory, 'nats-server.pid'))
  if (pid === undefined || !existsSync(configPath))
    throw new StartError(`No nats-server runs in ${directory}: start the stack first (npm start).`)
  const config = JSON.parse(readFileSync(configPath, 'utf8')) as {
    port: number
    authorization: { users: NatsUser[] }
  }
  const others = config.authorization.users.filter((one) => one.user !== user.user)
  const users = [...others, user]
  replaceFileSync(configPath, `${JSON.stringify({ ...config, authorization: { users } }, null, 2)}\n`)
  process.kill(pid, 'SIGHUP')
  return { port: config.port }
}

async function stopLeftoverNats(pidPath: string, mark: string, say?: (line: string) => void): Promise<void> {
  const pid = readPidFile(pidPath)
  if (pid === undefined) return
  const stopped = await stopLeftover({
    name: 'nats-server',
    pid,
    mark,
    signal: 'SIGINT',
    lastSignal: 'SIGKILL',
  })
  if (stopped) say?.(`Stopped the nats-server (pid ${pid}) that an earlier start had left behind.`)
}

function versionOf(file: string): string {
  const output = execFileSync(file, ['--version'], { encoding: 'utf8' })
  return /\d+\.\d+\.\d+/.exec(output)?.[0] ?? output.trim()
}

/** A nats-server speaks first, and does so once JetStream is up. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 })
    const finish = (isGreeted: boolean) => {
      socket.destroy()
      resolve(isGreeted)
    }
    socket.once('data', (data) => finish(data.toString().startsWith('INFO ')))
    socket.once('error', () => finish(false))
    socket.once('close', () => resolve(false))
    socket.once('timeout', () => finish(false))
  })
}
