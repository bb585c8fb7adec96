import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { defaultIngress, ingressNamePattern } from '@airs-cp/events'
import { replaceFileSync } from '@airs-cp/files'
import { administrator } from '../local/administrator.ts'
import { userOfIngress } from '../local/nats-permissions.ts'
import { readSecrets } from '../local/secrets.ts'
import { type SecretFiles, secretFiles, secretOwners } from './secret-files.ts'

/**
 * Makes the secrets of a deployment where they are missing and gives each container its own:
 * `<folder>/all` keeps them, `<folder>/<container>` has that container's files. `AIRS_INGRESSES` names the ingresses beside the
 * first, separated by commas.
 */
const [folder] = process.argv.slice(2)
if (!folder) {
  console.error('secrets: give the folder that holds "all" and one folder per container')
  process.exit(2)
}
const { roles, natsUsers } = secretOwners
const moreIngresses = readIngressNames(process.env.AIRS_INGRESSES)
const users = [...natsUsers, ...moreIngresses.map(userOfIngress)]
const secrets = readSecrets(join(folder, 'all'), roles, users, process.env.AIRS_TOKEN)
const password = secrets.postgresPasswords[administrator.role]
const servers = {
  nats: 'nats:4222',
  database: `postgres://${administrator.role}:${password}@postgres:5432/airs`,
}
for (const [container, files] of Object.entries(secretFiles(secrets, servers, moreIngresses))) {
  removeOthers(join(folder, container), files)
  for (const [name, content] of Object.entries(files)) {
    replaceFileSync(join(folder, container, name), content, { mode: 0o444 })
  }
}
console.log('The secrets are in place.')

function readIngressNames(text = ''): string[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '' && name !== defaultIngress)
  const wrong = names.find((name) => !ingressNamePattern.test(name))
  if (wrong === undefined) return names
  console.error(
    `secrets: AIRS_INGRESSES names "${wrong}"; an ingress is named like ingress-2 or ingress-east`,
  )
  process.exit(2)
}

/** An earlier version may have given a container more. */
function removeOthers(directory: string, files: SecretFiles): void {
  const found = existsSync(directory) ? readdirSync(directory) : []
  for (const name of found) if (!(name in files)) rmSync(join(directory, name), { recursive: true })
}
