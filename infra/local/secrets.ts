import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { replaceFileSync } from '@airs-cp/files'
import { StartError } from './start-error.ts'

export type Secrets = {
  /** Of the control APIs. */
  token: string
  /** Of the control APIs, with the role exporter, for the CLI in the gateway's container. */
  gatewayToken: string
  /** Keys the fingerprints of credentials. */
  fingerprintKey: string
  /** By role. */
  postgresPasswords: Record<string, string>
  /** By user. */
  natsPasswords: Record<string, string>
}

/**
 * Reads the secrets of a data directory, makes those that are missing, and leaves the control token in a file of its
 * own, where the CLI looks for it. Hexadecimal throughout: they fit into URLs and configuration files as they are.
 * @param token used instead of the stored one.
 */
export function readSecrets(
  dataDir: string,
  roles: readonly string[],
  natsUsers: readonly string[],
  token?: string,
): Secrets {
  const path = join(dataDir, 'secrets.json')
  const stored = readStored(path)
  const secrets: Secrets = {
    token: stored.token ?? newSecret(),
    gatewayToken: stored.gatewayToken ?? newSecret(),
    fingerprintKey: stored.fingerprintKey ?? newSecret(),
    postgresPasswords: withMissing(stored.postgresPasswords, roles),
    natsPasswords: withMissing(stored.natsPasswords, natsUsers),
  }
  replaceFileSync(path, `${JSON.stringify(secrets, null, 2)}\n`)
  const effective = { ...secrets, token: token || secrets.token }
  replaceFileSync(join(dataDir, 'token'), `${effective.token}\n`)
  return effective
}

/**
 * The password of a NATS user beside those of `readSecrets`, made where it is missing.
 * @throws StartError where no stack has made secrets yet.
 */
export function natsPasswordOf(
  dataDir: string,
  user: string,
): { password: string; secrets: Partial<Secrets> } {
  const path = join(dataDir, 'secrets.json')
  const stored = readStored(path)
  if (!stored.natsPasswords)
    throw new StartError(
      `${dataDir} has no stack: start it first (npm start), or set AIRS_DATA_DIR to its folder.`,
    )
  const natsPasswords = withMissing(stored.natsPasswords, [user])
  const secrets = { ...stored, natsPasswords }
  if (!stored.natsPasswords[user]) replaceFileSync(path, `${JSON.stringify(secrets, null, 2)}\n`)
  return { password: natsPasswords[user]!, secrets }
}

function readStored(path: string): Partial<Secrets> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
  try {
    return JSON.parse(text) as Partial<Secrets>
  } catch {
    throw new StartError(`${path} is not JSON: restore it, or move the data directory away to begin anew.`)
  }
}

function withMissing(stored: Record<string, string> = {}, names: readonly string[]): Record<string, string> {
  return Object.fromEntries([
    ...Object.entries(stored),
    ...names.filter((name) => !stored[name]).map((name) => [name, newSecret()]),
  ])
}

function newSecret(): string {
  return randomBytes(24).toString('hex')
}
