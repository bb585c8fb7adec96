import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { processes as allProcesses, type ProcessDefinition } from '../processes.ts'
import { administrator } from './administrator.ts'
import { pidPath, repositoryRoot } from './data-directory.ts'
import { readPidFile, stopLeftover } from './leftover.ts'
import { natsUser } from './nats-permissions.ts'
import { checkPorts, configuredPorts, freePorts, type Ports } from './ports.ts'
import { readSecrets, type Secrets } from './secrets.ts'
import type { StackOptions } from './stack-options.ts'
import { StartError } from './start-error.ts'

/** Everything that is known of a stack before its first process is started. */
export type Plan = {
  env: NodeJS.ProcessEnv
  dataDir: string
  host: string
  definitions: readonly ProcessDefinition[]
  ports: Ports
  secrets: Secrets
  say: (line: string) => void
  emptyPostgres?: string
  signal?: AbortSignal
}

/** Also stops services that an earlier start left behind, because they hold the ports. */
export async function makePlan(
  options: StackOptions,
  env: NodeJS.ProcessEnv,
  dataDir: string,
): Promise<Plan> {
  const definitions = options.processes ?? allProcesses
  const say = options.say ?? (() => {})
  const host = env.AIRS_HOST || '127.0.0.1'
  const ports = options.ports === 'free' ? await freePorts(definitions) : configuredPorts(definitions, env)
  await stopLeftoverServices(dataDir, definitions, say)
  await checkPorts(ports, definitions, host)
  if (!env.DATABASE_URL) checkSecretsFit(dataDir)
  const roles = definitions.flatMap(({ databaseRole }) => databaseRole ?? [])
  const secrets = readSecrets(
    dataDir,
    [administrator.role, ...roles],
    [administrator.natsUser, ...definitions.map(natsUser)],
    env.AIRS_TOKEN,
  )
  return {
    env,
    dataDir,
    host,
    definitions,
    ports,
    secrets,
    say,
    emptyPostgres: options.emptyPostgres,
    signal: options.signal,
  }
}

function checkSecretsFit(dataDir: string): void {
  const secrets = join(dataDir, 'secrets.json')
  if (existsSync(secrets) || !existsSync(join(dataDir, 'postgres', 'data'))) return
  throw new StartError(
    `${secrets} is gone, and the database was made with it: restore it, or move ${dataDir} away to begin anew.`,
  )
}

async function stopLeftoverServices(
  dataDir: string,
  definitions: readonly ProcessDefinition[],
  say: (line: string) => void,
): Promise<void> {
  const stopOne = async ({ name, entry }: ProcessDefinition) => {
    const pid = readPidFile(pidPath(dataDir, name))
    if (pid === undefined) return
    const mark = join(repositoryRoot, entry)
    if (await stopLeftover({ name, pid, mark, signal: 'SIGTERM', lastSignal: 'SIGKILL' }))
      say(`Stopped the ${name} (pid ${pid}) that an earlier start had left behind.`)
  }
  await Promise.all(definitions.map(stopOne))
}

/** Where a process responds, by its name. */
export function urlsOf({ ports, host, env }: Pick<Plan, 'ports' | 'host' | 'env'>): Record<string, string> {
  const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  const scheme = (name: string) => (hasTls(env, name) ? 'https' : 'http')
  return Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [name, `${scheme(name)}://${address}:${port}`]),
  )
}

/** What others reach has TLS where a certificate is given; the control APIs are behind the console, on this machine. */
export function hasTls(env: NodeJS.ProcessEnv, name: string): boolean {
  return Boolean(env.AIRS_TLS_CERT_FILE) && (name === 'ingress' || name === 'console')
}
