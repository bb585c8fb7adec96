import { join } from 'node:path'
import { sha256Hex } from '@airs-cp/events'
import { allocatorEnvironment, type ProcessDefinition } from '../processes.ts'
import { natsUser } from './nats-permissions.ts'
import { hasTls, type Plan, urlsOf } from './plan.ts'
import { defaultProvider } from './provider.ts'
import type { Servers } from './stack-servers.ts'

/** How long open exchanges may go on once the stack is asked to stop; `startStack` has the time after. */
const drainMs = 5_000

/** What a service gets: the user's own environment without secrets of others, and its own database role and NATS user. */
export function serviceEnvironment(
  plan: Plan,
  servers: Servers,
  definition: ProcessDefinition,
): NodeJS.ProcessEnv {
  const { postgresPasswords, natsPasswords } = plan.secrets
  const role = definition.databaseRole
  const user = natsUser(definition)
  return {
    ...withoutSecrets(sharedEnvironment(plan), definition),
    ...(definition.name === 'ingress' && {
      AIRS_FINGERPRINT_KEY: plan.env.AIRS_FINGERPRINT_KEY || plan.secrets.fingerprintKey,
    }),
    ...(role && { AIRS_TOKEN_SHA256: sha256Hex(plan.secrets.token) }),
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
    ...withoutSecrets(sharedEnvironment(plan)),
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
  const { env, dataDir, host, definitions, ports } = plan
  const { ingress } = urlsOf(plan)
  const portVariables = definitions.flatMap(({ name, port }) =>
    port ? [[port.variable, String(ports[name])]] : [],
  )
  return {
    ...allocatorEnvironment,
    ...env,
    NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE || join(dataDir, 'compile-cache'),
    AIRS_HOST: host,
    AIRS_DATA_DIR: dataDir,
    AIRS_DRAIN_TIMEOUT_MS: env.AIRS_DRAIN_TIMEOUT_MS || String(drainMs),
    AIRS_PROVIDER: defaultProvider(env),
    ...(hasTls(env, 'ingress') && { AIRS_INGRESS_URL: env.AIRS_INGRESS_URL || ingress }),
    ...Object.fromEntries(portVariables),
  }
}

const looksSecret = /(KEY|KEY_ID|TOKEN|SECRET|PASSWORD|CREDENTIALS?)$|^AIRS_ALERT_/
/** Of the user's own environment, by process. The ingress has all others: the providers file may name any. */
const ownSecrets: Record<string, RegExp> = {
  policy: /^AIRS_ALERT_/,
  audit: /^AWS_/,
  export: /^AWS_/,
  'export-worker': /^AWS_/,
}

/**
 * Leaves out what a process does not use, so that who takes it over does not get it: the token of the control APIs, of which services
 * know the digest; the keys of providers and of fingerprints, for all but the ingress; and whatever else is named like a secret.
 */
export function withoutSecrets(env: NodeJS.ProcessEnv, definition?: ProcessDefinition): NodeJS.ProcessEnv {
  const isIngress = definition?.name === 'ingress'
  const own = definition && ownSecrets[definition.name]
  const isKept = (name: string) =>
    name !== 'AIRS_TOKEN' &&
    (isIngress ? !/^(AIRS_ALERT_|AWS_)/.test(name) : !looksSecret.test(name) || own?.test(name))
  return Object.fromEntries(Object.entries(env).filter(([name]) => isKept(name)))
}

function withCredentials(url: string, user: string, password: string): string {
  const changed = new URL(url)
  changed.username = user
  changed.password = password
  return changed.href
}
