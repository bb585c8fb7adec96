import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { administrator } from './administrator.ts'
import { logPath } from './data-directory.ts'
import { type NatsServer, startNats } from './nats.ts'
import { permissionsOf } from './nats-permissions.ts'
import type { Plan } from './plan.ts'
import { type PostgresServer, startPostgres } from './postgres.ts'
import type { ProcessGroup } from './process-group.ts'
import type { SupervisorReport } from './supervised.ts'

/** The URLs have all rights. */
export type Servers = { postgres?: PostgresServer; nats?: NatsServer; databaseUrl: string; natsUrl: string }

/** Starts Postgres and nats-server, unless the environment names others, and waits for them. */
export async function startServers(
  plan: Plan,
  group: ProcessGroup,
  report: (report: SupervisorReport) => void,
): Promise<Servers> {
  const { env, dataDir, secrets, say, signal } = plan
  const lastPorts = readLastPorts(dataDir)
  const postgres = env.DATABASE_URL
    ? undefined
    : await startPostgres({
        directory: join(dataDir, 'postgres'),
        logPath: logPath(dataDir, 'postgres'),
        password: secrets.postgresPasswords[administrator.role]!,
        preferredPort: lastPorts.postgres,
        ...(plan.emptyPostgres && { durable: false, emptyClusters: plan.emptyPostgres }),
        say,
        report,
      })
  if (postgres) group.add(postgres.process)
  const nats = env.NATS_URL
    ? undefined
    : await startNats({
        directory: join(dataDir, 'nats'),
        logPath: logPath(dataDir, 'nats'),
        users: Object.entries(secrets.natsPasswords).map(([user, password]) => ({
          user,
          password,
          permissions: permissionsOf(user),
        })),
        preferredPort: lastPorts.nats,
        say,
        report,
      })
  if (nats) group.add(nats.process)
  await postgres?.ready(signal)
  await nats?.ready(signal)
  writeFileSync(join(dataDir, 'ports.json'), JSON.stringify({ postgres: postgres?.port, nats: nats?.port }))
  return {
    postgres,
    nats,
    databaseUrl:
      env.DATABASE_URL ||
      postgres!.urlFor(administrator.role, secrets.postgresPasswords[administrator.role]!),
    natsUrl:
      env.NATS_URL || nats!.urlFor(administrator.natsUser, secrets.natsPasswords[administrator.natsUser]!),
  }
}

/** A server keeps its port from start to start where it can, for the sake of whoever wrote it down. */
function readLastPorts(dataDir: string): { postgres?: number; nats?: number } {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'ports.json'), 'utf8'))
  } catch {
    return {}
  }
}
