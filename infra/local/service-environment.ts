import { join } from 'node:path'
import type { ProcessDefinition } from '../processes.ts'
import { natsUser } from './nats-permissions.ts'
import { hasTls, type Plan, urlsOf } from './plan.ts'
import { defaultProvider } from './provider.ts'
import type { Servers } from './stack-servers.ts'

/** How long open exchanges may go on once the stack is told to stop; see `stopInOrder` for the time after. */
const drainMs = 5_000

/** What a service gets: the user's own environment, and its own database role and NATS user. */
export function serviceEnvironment(
  plan: Plan,
  servers: Servers,
  definition: ProcessDefinition,
): NodeJS.ProcessEnv {
  const { postgresPasswords, natsPasswords } = plan.secrets
  const role = definition.databaseRole
  const user = natsUser(definition)
  return {
    ...sharedEnvironment(plan),
    ...(!hasTls(plan.env, definition.name) && { AIRS_TLS_CERT_FILE: '', AIRS_TLS_KEY_FILE: '' }),
    DATABASE_URL: role && withCredentials(servers.databaseUrl, role, postgresPasswords[role]!),
    NATS_URL: servers.nats?.urlFor(user, natsPasswords[user]!) ?? servers.natsUrl,
  }
}

/** What the one-shot before them gets: all rights, and the passwords to give to the roles. */
export function setupEnvironment(plan: Plan, servers: Servers): NodeJS.ProcessEnv {
  const roles = plan.definitions.flatMap(({ databaseRole }) => databaseRole ?? [])
  const passwords = roles.map((role) => [role, plan.secrets.postgresPasswords[role]])
  return {
    ...sharedEnvironment(plan),
    DATABASE_URL: servers.databaseUrl,
    NATS_URL: servers.natsUrl,
    AIRS_POSTGRES_PASSWORDS: JSON.stringify(Object.fromEntries(passwords)),
  }
}

/** What the CLI and the SDKs need to find this stack. */
export function clientEnvironment(plan: Plan): Record<string, string> {
  const { console, ingress } = urlsOf(plan)
  return {
    AIRS_DATA_DIR: plan.dataDir,
    AIRS_TOKEN: plan.secrets.token,
    ...(console && { AIRS_URL: console }),
    ...(ingress && { AIRS_ENDPOINT: ingress }),
  }
}

function sharedEnvironment(plan: Plan): NodeJS.ProcessEnv {
  const { env, dataDir, host, definitions, ports, secrets } = plan
  const { ingress } = urlsOf(plan)
  const portVariables = definitions.flatMap(({ name, port }) =>
    port ? [[port.variable, String(ports[name])]] : [],
  )
  return {
    ...env,
    NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE || join(dataDir, 'compile-cache'),
    AIRS_HOST: host,
    AIRS_DATA_DIR: dataDir,
    AIRS_TOKEN: secrets.token,
    AIRS_FINGERPRINT_KEY: env.AIRS_FINGERPRINT_KEY || secrets.fingerprintKey,
    AIRS_DRAIN_TIMEOUT_MS: env.AIRS_DRAIN_TIMEOUT_MS || String(drainMs),
    AIRS_PROVIDER: defaultProvider(env),
    ...(hasTls(env, 'ingress') && { AIRS_INGRESS_URL: env.AIRS_INGRESS_URL || ingress }),
    ...Object.fromEntries(portVariables),
  }
}

function withCredentials(url: string, user: string, password: string): string {
  const changed = new URL(url)
  changed.username = user
  changed.password = password
  return changed.href
}
