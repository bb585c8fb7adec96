import { sha256Hex } from '@airs-cp/events'
import { administrator } from '../local/administrator.ts'
import { natsUser, permissionsOf, userOfIngress } from '../local/nats-permissions.ts'
import type { Secrets } from '../local/secrets.ts'
import { type ProcessDefinition, processes } from '../processes.ts'
import { type NatsCluster, natsServerConfig } from './nats-server-config.ts'

/** Content by file name. What `entrypoint` is to put into the environment is named as the variable. */
export type SecretFiles = Readonly<Record<string, string>>

export type Servers = {
  /** Host and port; several separated by commas. */
  nats: string
  /** URL with credentials that may make roles and schemas. */
  database: string
  /** Absent for a nats-server that is alone. */
  natsCluster?: NatsCluster
}

/** Who needs a password: Postgres roles and NATS users. */
export const secretOwners = {
  roles: [administrator.role, ...new Set(processes.flatMap(({ databaseRole }) => databaseRole ?? []))],
  natsUsers: [administrator.natsUser, ...processes.map(natsUser)],
}

/**
 * What each container may know, by its name: no more than it needs, so that no container can act as another.
 * @param moreIngresses names of ingresses beside the first, each a container of that name.
 */
export function secretFiles(
  secrets: Secrets,
  servers: Servers,
  moreIngresses: readonly string[] = [],
): Readonly<Record<string, SecretFiles>> {
  const filesOf = (definition: ProcessDefinition): SecretFiles => ({
    ...(definition.needs.includes('nats') && { NATS_URL: natsUrl(natsUser(definition), secrets, servers) }),
    ...(definition.databaseRole && { DATABASE_URL: databaseUrl(definition.databaseRole, secrets, servers) }),
    ...(definition.name === 'ingress' && { AIRS_FINGERPRINT_KEY: secrets.fingerprintKey }),
    // For `docker exec airs-cp-gateway airs …`, which may look, and export.
    ...(definition.name === 'ingress' && { AIRS_TOKEN: secrets.gatewayToken }),
    ...(definition.databaseRole && {
      AIRS_TOKEN_SHA256: sha256Hex(secrets.token),
      AIRS_GATEWAY_TOKEN_SHA256: sha256Hex(secrets.gatewayToken),
    }),
  })
  const files = Object.fromEntries(processes.map((definition) => [definition.name, filesOf(definition)]))
  const filesOfIngress = (name: string) => ({
    ...files.ingress,
    NATS_URL: natsUrl(userOfIngress(name), secrets, servers),
  })
  return {
    ...files,
    ...Object.fromEntries(moreIngresses.map((name) => [name, filesOfIngress(name)])),
    setup: {
      NATS_URL: natsUrl(administrator.natsUser, secrets, servers),
      DATABASE_URL: servers.database,
      AIRS_POSTGRES_PASSWORDS: JSON.stringify(withoutAdministrator(secrets.postgresPasswords)),
    },
    nats: { 'nats-server.json': natsServerFile(secrets.natsPasswords, servers.natsCluster) },
    postgres: { POSTGRES_PASSWORD: secrets.postgresPasswords[administrator.role]! },
  }
}

function withoutAdministrator(passwords: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(passwords).filter(([role]) => role !== administrator.role))
}

function natsUrl(user: string, { natsPasswords }: Secrets, { nats }: Servers): string {
  return nats
    .split(',')
    .map((address) => `nats://${user}:${natsPasswords[user]}@${address}`)
    .join(',')
}

function databaseUrl(role: string, { postgresPasswords }: Secrets, { database }: Servers): string {
  const url = new URL(database)
  url.username = role
  url.password = postgresPasswords[role]!
  return url.href
}

/** @param passwords by NATS user. */
export function natsServerFile(passwords: Record<string, string>, cluster?: NatsCluster): string {
  const users = Object.entries(passwords).map(([user, password]) => ({
    user,
    password,
    permissions: permissionsOf(user),
  }))
  return `${JSON.stringify(natsServerConfig(users, cluster), null, 2)}\n`
}
