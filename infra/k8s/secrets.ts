import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { secretFiles, secretOwners } from '../docker/secret-files.ts'
import { administrator } from '../local/administrator.ts'
import { readSecrets } from '../local/secrets.ts'

/**
 * Prints new secrets as Kubernetes objects, `airs-<workload>` for each workload that needs one:
 * `node infra/k8s/secrets.ts [--database URL] [--nats SERVERS] | kubectl create --filename -`.
 * `create` refuses where there are some already, so that none is lost by mistake.
 */
const { values } = parseArgs({
  options: {
    /** URL of a Postgres with a user that may make roles and schemas; default: the development overlay's own. */
    database: { type: 'string' },
    /** Servers of the NATS cluster. */
    nats: { type: 'string', default: '1' },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'airs-secrets-'))
const secrets = readSecrets(folder, secretOwners.roles, secretOwners.natsUsers)
rmSync(folder, { recursive: true })

const names = Array.from({ length: Number(values.nats) }, (_, index) => `nats-${index}.nats-headless`)
const password = secrets.postgresPasswords[administrator.role]
const files = secretFiles(secrets, {
  nats: 'nats:4222',
  database: values.database ?? `postgres://${administrator.role}:${password}@postgres:5432/airs`,
  ...(names.length > 1 && {
    natsCluster: {
      routes: names.map((name) => `${name}:6222`),
      password: randomBytes(24).toString('hex'),
    },
  }),
})
const items = Object.entries(files)
  .filter(([name, content]) => Object.keys(content).length > 0 && !(name === 'postgres' && values.database))
  .map(([name, stringData]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `airs-${name}`, labels: { 'app.kubernetes.io/part-of': 'airs-cp' } },
    type: 'Opaque',
    immutable: true,
    stringData,
  }))
console.log(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2))
