import { administrator } from '../local/administrator.ts'
import { natsPermissions, natsUser } from '../local/nats-permissions.ts'
import type { Secrets } from '../local/secrets.ts'
import { type ProcessDefinition, processes } from '../processes.ts'
import { natsServerConfig } from './nats-server-config.ts'

/** Content by file name. What `entrypoint` is to put into the environment is named as the variable. */
export type SecretFiles = Readonly<Record<string, string>>

export type ServerAddresses = { nats: string; postgres: string }

const database = 'airs'

/** What each container may know, by its name: no more than it needs, so that no container can act as another. */
export function secretFiles(
  secrets: Secrets,
  addresses: ServerAddresses,
): Readonly<Record<string, SecretFiles>> {
  const natsUrl = (user: string) => `nats://${user}:${secrets.natsPasswords[user]}@${addresses.nats}`
  const databaseUrl = (role: string) =>
    `postgres://${role}:${secrets.postgresPasswords[role]}@${addresses.postgres}/${database}`
  const filesOf = (definition: ProcessDefinition): SecretFiles => ({
    ...(definition.needs.includes('nats') && { NATS_URL: natsUrl(natsUser(definition)) }),
    ...(definition.databaseRole && { DATABASE_URL: databaseUrl(definition.databaseRole) }),
    ...(definition.name === 'ingress' && { AIRS_FINGERPRINT_KEY: secrets.fingerprintKey }),
    // The ingress itself has no use for it: `docker exec airs-cp-gateway airs …` does.
    ...(definition.name !== 'console' && { AIRS_TOKEN: secrets.token }),
  })
  const users = Object.entries(secrets.natsPasswords).map(([user, password]) => ({
    user,
    password,
    permissions: natsPermissions[user],
  }))
  return {
    ...Object.fromEntries(processes.map((definition) => [definition.name, filesOf(definition)])),
    setup: {
      NATS_URL: natsUrl(administrator.natsUser),
      DATABASE_URL: databaseUrl(administrator.role),
      AIRS_POSTGRES_PASSWORDS: JSON.stringify(secrets.postgresPasswords),
    },
    nats: { 'nats-server.json': `${JSON.stringify(natsServerConfig(users), null, 2)}\n` },
    postgres: { POSTGRES_PASSWORD: secrets.postgresPasswords[administrator.role]! },
  }
}

/** Who needs a password: Postgres roles and NATS users. */
export const secretOwners = {
  roles: [administrator.role, ...new Set(processes.flatMap(({ databaseRole }) => databaseRole ?? []))],
  natsUsers: [administrator.natsUser, ...processes.map(natsUser)],
}
