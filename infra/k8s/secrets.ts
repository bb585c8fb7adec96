import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { ingressNamePattern } from '@airs-cp/events'
import { secretFiles, secretOwners } from '../docker/secret-files.ts'
import { administrator } from '../local/administrator.ts'
import { userOfIngress } from '../local/nats-permissions.ts'
import { readSecrets } from '../local/secrets.ts'
import { updateSecrets } from './update-secrets.ts'

/**
 * Prints new secrets as Kubernetes objects, `airs-<workload>` for each workload that needs one:
 * `node infra/k8s/secrets.ts [--database URL] [--nats SERVERS] | kubectl create --filename -`.
 * `create` refuses where there are some already, so that none is lost by mistake.
 *
 * With `--update` it reads the Secrets `airs-nats` and `airs-ingress` instead, and prints them with the ingresses that they lack and with
 * the permissions of this version, and with a user `airs-ingress-NAME` for each `--sidecar NAME`:
 * `kubectl get secret airs-nats airs-ingress --output json | node infra/k8s/secrets.ts --update | kubectl replace --force --filename -`.
 */
const usage =
  'node infra/k8s/secrets.ts [--database URL] [--nats SERVERS] [--ingresses PODS] [--update] [--sidecar NAME]'
const values = readOptions({
  /** URL of a Postgres with a user that may make roles and schemas; default: the development overlay's own. */
  database: { type: 'string' },
  /** Servers of the NATS cluster. */
  nats: { type: 'string', default: '1' },
  /** Pods of the ingress, at most: each is a NATS user of its own. */
  ingresses: { type: 'string', default: '12' },
  update: { type: 'boolean', default: false },
  /** Names of apps whose pods have an ingress as a sidecar; all pods of one share a user. */
  sidecar: { type: 'string', multiple: true, default: [] },
})
const pods = [
  ...Array.from({ length: countOf('ingresses') }, (_, index) => `ingress-${index}`),
  ...values.sidecar.map((name) => `ingress-${name}`),
]
const unusable = pods.find((name) => !ingressNamePattern.test(name))
if (unusable !== undefined) refuse(`${unusable} is no name of an ingress: use a-z, 0-9 and hyphens`)
const data = values.update ? updateSecrets(readFileSync(0, 'utf8'), pods) : newSecrets()
const items = Object.entries(data).map(([name, stringData]) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, labels: { 'app.kubernetes.io/part-of': 'airs-cp' } },
  type: 'Opaque',
  immutable: true,
  stringData,
}))
console.log(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2))

function readOptions<const Options extends NonNullable<ParseArgsConfig['options']>>(options: Options) {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return refuse((error as Error).message)
  }
}

function countOf(option: 'nats' | 'ingresses'): number {
  const count = Number(values[option])
  if (!Number.isInteger(count) || count < 1)
    refuse(`--${option} is "${values[option]}": give a whole number from 1 on`)
  return count
}

function refuse(problem: string): never {
  console.error(`${problem}\nUsage: ${usage}`)
  process.exit(2)
}

function newSecrets(): Record<string, Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'airs-secrets-'))
  const users = [...secretOwners.natsUsers, ...pods.map(userOfIngress)]
  const secrets = readSecrets(
    folder,
    secretOwners.roles,
    // No pod has the name of an ingress that is alone.
    users.filter((user) => user !== userOfIngress('ingress')),
  )
  rmSync(folder, { recursive: true })
  const servers = Array.from({ length: countOf('nats') }, (_, index) => `nats-${index}.nats-headless`)
  const password = secrets.postgresPasswords[administrator.role]
  const files = secretFiles(
    secrets,
    {
      nats: 'nats:4222',
      database: values.database ?? `postgres://${administrator.role}:${password}@postgres:5432/airs`,
      ...(servers.length > 1 && {
        natsCluster: {
          routes: servers.map((name) => `${name}:6222`),
          password: randomBytes(24).toString('hex'),
        },
      }),
    },
    pods,
  )
  const { NATS_URL: _, ...ofAllIngresses } = files.ingress!
  const ofPods = pods.map((pod) => [`NATS_URL.${pod}`, files[pod]!.NATS_URL])
  const byWorkload = { ...files, ingress: { ...ofAllIngresses, ...Object.fromEntries(ofPods) } }
  return Object.fromEntries(
    Object.entries(byWorkload)
      .filter(([name]) => !pods.includes(name))
      .filter(
        ([name, content]) =>
          Object.keys(content).length > 0 && !(name === 'postgres' && values.database !== undefined),
      )
      .map(([name, content]) => [`airs-${name}`, content]),
  )
}
