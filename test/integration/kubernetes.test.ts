import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, test } from 'node:test'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { variablesOf } from '../../infra/configuration/variables-of.ts'
import { secretOwners } from '../../infra/docker/secret-files.ts'
import { repositoryRoot } from '../../infra/local/data-directory.ts'
import { processes } from '../../infra/processes.ts'
import { versionOf } from '../../infra/release/stamped-files.ts'
import { checkKubernetes } from '../support/check-kubernetes.ts'
import { fencedBlocks } from '../support/fenced-blocks.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const containerSchema = z.object({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()),
  env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.int() })).default([]),
  volumeMounts: z
    .array(
      z.object({
        name: z.string(),
        mountPath: z.string(),
        subPath: z.string().optional(),
        subPathExpr: z.string().optional(),
      }),
    )
    .default([]),
})
const secretSchema = z.object({ secretName: z.string(), optional: z.boolean().default(false) })
const workloadSchema = z.object({
  kind: z.enum(['Deployment', 'StatefulSet', 'Job']),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.array(containerSchema),
        volumes: z.array(z.object({ name: z.string(), secret: secretSchema.optional() })),
      }),
    }),
  }),
})
const policySchema = z.object({
  kind: z.literal('NetworkPolicy'),
  metadata: z.object({ name: z.string() }),
  spec: z.unknown(),
})

/** The autoscaler makes no more. */
const pods = Array.from({ length: 12 }, (_, index) => `ingress-${index}`)

const folder = join(repositoryRoot, 'infra/k8s/base')
const objects = globSync('*.yaml', { cwd: folder }).flatMap((file) =>
  parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => document.toJS() as unknown),
)
const workloads = objects.flatMap((object) => workloadSchema.safeParse(object).data ?? [])
const policies = objects.flatMap((object) => policySchema.safeParse(object).data ?? [])

/** The container that runs an entry, and the workload that it is in. */
function findContainer(entry: string) {
  const found = workloads.flatMap((workload) =>
    workload.spec.template.spec.containers
      .filter(({ args }) => args.at(-1) === entry)
      .map((container) => ({ workload, container, pod: workload.spec.template.spec })),
  )
  assert.equal(found.length, 1, `${entry} is run by ${found.length} containers`)
  return found[0]!
}

describe('the Kubernetes manifests', () => {
  for (const { name, entry, nodeOptions = [], port } of processes)
    test(`run ${name} with variables that it reads, its own secrets and its port`, async () => {
      const { container, pod } = findContainer(entry)
      assert.equal(container.image, 'airs-cp')
      assert.deepEqual(container.args, ['node', ...nodeOptions, entry])
      const read = Object.keys(await variablesOf(entry))
      const known = [...read, ...(name === 'ingress' ? ['AIRS_URL', 'POD_NAME'] : [])]
      assert.deepEqual(
        container.env.map((variable) => variable.name).filter((variable) => !known.includes(variable)),
        [],
      )
      const mount = container.volumeMounts.find(({ mountPath }) => mountPath.startsWith('/run/airs/secrets'))
      const secret = pod.volumes.find((volume) => volume.name === mount?.name)?.secret?.secretName
      assert.equal(secret, name === 'console' ? undefined : `airs-${name}`)
      assert.deepEqual(
        container.ports.map(({ containerPort }) => containerPort),
        port ? [port.default] : [],
      )
    })

  test('give the console the address of every service', () => {
    const { container } = findContainer('services/console/main.ts')
    for (const { name, port } of processes) {
      if (!port || name === 'console') continue
      const url = container.env.find((variable) => variable.name === `AIRS_${name.toUpperCase()}_URL`)?.value
      assert.equal(url, `http://${name}:${port.default}`)
    }
  })

  test('let exactly those reach NATS that need it, and not the ingress reach Postgres', () => {
    const policy = (name: string) =>
      JSON.stringify(policies.find(({ metadata }) => metadata.name === name)?.spec)
    for (const { entry, needs } of processes) {
      const { metadata } = findContainer(entry).workload
      assert.equal(policy('nats').includes(`"${metadata.name}"`), needs.includes('nats'), metadata.name)
    }
    assert.ok(policy('projections').includes('5432'))
    assert.ok(!policy('ingress').includes('5432') && !policy('projections').includes('"ingress"'))
  })

  test('find their secrets in what secrets.ts prints', () => {
    const printed = execFileSync(process.execPath, ['infra/k8s/secrets.ts', '--nats', '3'], {
      cwd: repositoryRoot,
      encoding: 'utf8',
    })
    const list = z
      .object({
        items: z.array(
          z.object({
            metadata: z.object({ name: z.string() }),
            stringData: z.record(z.string(), z.string()),
          }),
        ),
      })
      .parse(JSON.parse(printed))
    const ingress = list.items.find(({ metadata }) => metadata.name === 'airs-ingress')!.stringData
    const names = list.items.map(({ metadata }) => metadata.name)
    const wanted = workloads
      .flatMap(({ spec }) => spec.template.spec.volumes)
      .flatMap(({ secret }) => (secret && !secret.optional ? secret.secretName : []))
    assert.deepEqual(
      wanted.filter((name) => !names.includes(name)),
      [],
    )
    const nats = list.items.find(({ metadata }) => metadata.name === 'airs-nats')?.stringData[
      'nats-server.json'
    ]
    const { authorization, cluster } = JSON.parse(nats ?? '{}')
    assert.deepEqual(
      authorization.users.map(({ user }: { user: string }) => user),
      [
        ...secretOwners.natsUsers.filter((user) => user !== 'airs-ingress'),
        ...pods.map((pod) => `airs-${pod}`),
      ],
    )
    assert.equal(cluster.routes.length, 3)
    const { container } = findContainer('services/ingress/main.ts')
    const mounts = container.volumeMounts.filter(({ mountPath }) =>
      mountPath.startsWith('/run/airs/secrets/'),
    )
    for (const pod of pods) {
      const keys = mounts.map(
        ({ subPath, subPathExpr }) => subPath ?? subPathExpr!.replace('$(POD_NAME)', pod),
      )
      assert.deepEqual(
        keys.filter((key) => !(key in ingress)),
        [],
      )
      assert.match(ingress[`NATS_URL.${pod}`]!, new RegExp(`^nats://airs-${pod}:`))
    }
    assert.ok(
      mounts.every(({ subPath, subPathExpr }) => subPath || subPathExpr),
      'a pod sees what is of others',
    )
  })

  test('are not made where an option is no count, or not known', () => {
    for (const args of [['--ingresses', 'x'], ['--nats', '0'], ['--nats', 'nats-0,nats-1'], ['--nope']]) {
      const { status, stdout, stderr } = spawnSync(process.execPath, ['infra/k8s/secrets.ts', ...args], {
        cwd: repositoryRoot,
        encoding: 'utf8',
      })
      assert.deepEqual([status, stdout], [2, ''], args.join(' '))
      assert.match(stderr, /^.*--\w+.*\nUsage: /)
    }
  })

  test('gain a NATS user per ingress in Secrets that are there, and lose none', () => {
    const print = (args: string[], input?: string) =>
      JSON.parse(
        execFileSync(process.execPath, ['infra/k8s/secrets.ts', ...args], {
          cwd: repositoryRoot,
          encoding: 'utf8',
          ...(input !== undefined && { input }),
        }),
      ).items as { metadata: { name: string }; stringData: Record<string, string> }[]
    const made = print(['--nats', '3', '--ingresses', '1'])
    const asKept = JSON.stringify({
      items: made.map(({ metadata, stringData }) => ({
        metadata,
        data: Object.fromEntries(
          Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
        ),
      })),
    })
    const updated = print(['--update', '--ingresses', '3'], asKept)
    const contentOf = (items: typeof made, name: string) =>
      items.find(({ metadata }) => metadata.name === name)!.stringData
    assert.deepEqual(updated.map(({ metadata }) => metadata.name).toSorted(), ['airs-ingress', 'airs-nats'])
    const [before, after] = [contentOf(made, 'airs-ingress'), contentOf(updated, 'airs-ingress')]
    assert.deepEqual({ ...after, ...before }, after)
    const server = JSON.parse(contentOf(updated, 'airs-nats')['nats-server.json']!)
    const former = JSON.parse(contentOf(made, 'airs-nats')['nats-server.json']!)
    assert.deepEqual(server.cluster, former.cluster)
    const users = server.authorization.users as { user: string; password: string }[]
    assert.deepEqual(users.slice(0, former.authorization.users.length), former.authorization.users)
    for (const name of ['ingress-1', 'ingress-2']) {
      const { password } = users.find(({ user }) => user === `airs-${name}`)!
      assert.equal(after[`NATS_URL.${name}`], `nats://airs-${name}:${password}@nats:4222`)
    }
  })

  test('give a sidecar a user of its own, and no pod that of an ingress which is alone', () => {
    const made = execFileSync(process.execPath, ['infra/k8s/secrets.ts', '--sidecar', 'shop'], {
      cwd: repositoryRoot,
      encoding: 'utf8',
    })
    const { items } = JSON.parse(made) as {
      items: { metadata: { name: string }; stringData: Record<string, string> }[]
    }
    const contentOf = (name: string) => items.find(({ metadata }) => metadata.name === name)!.stringData
    assert.match(
      contentOf('airs-ingress')['NATS_URL.ingress-shop']!,
      /^nats:\/\/airs-ingress-shop:\w+@nats:4222$/,
    )
    const { users } = JSON.parse(contentOf('airs-nats')['nats-server.json']!).authorization
    const { permissions } = users.find(({ user }: { user: string }) => user === 'airs-ingress-shop')
    assert.ok(permissions.publish.allow.includes('airs.traffic.*.*.*.ingress-shop'))
  })
})

describe('the component that adds an ingress as a sidecar', () => {
  const documented = fencedBlocks(readFileSync(join(repositoryRoot, 'docs/integration.md'), 'utf8'))
    .filter(({ language }) => language === 'yaml')
    .map(({ text }) => text)
  const patch = parse(readFileSync(join(repositoryRoot, 'infra/k8s/components/sidecar/sidecar.yaml'), 'utf8'))
  const [sidecar] = patch.spec.template.spec.initContainers

  test('runs the ingress as the base does, with variables that it reads, on loopback', async () => {
    const { container } = findContainer('services/ingress/main.ts')
    assert.deepEqual(sidecar.args, container.args)
    const read = await variablesOf('services/ingress/main.ts')
    for (const { name } of sidecar.env) assert.ok(name in read, name)
    assert.equal(sidecar.env.find(({ name }: { name: string }) => name === 'AIRS_HOST').value, '127.0.0.1')
  })

  test('makes of the documented Deployment one that Kubernetes takes', async (context) => {
    const hasKubectl = spawnSync('kubectl', ['kustomize', '--help']).status === 0
    if (!hasKubectl) return context.skip('is not rendered here: there is no kubectl')
    const directory = makeTemporaryDirectory()
    try {
      const folder = join(directory.path, 'shop')
      mkdirSync(folder)
      const component = relative(folder, join(repositoryRoot, 'infra/k8s/components/sidecar'))
      const [kustomization, deployment] = documented as [string, string]
      const path = '../airs-cp/infra/k8s/components/sidecar'
      assert.ok(kustomization.includes(path))
      writeFileSync(join(folder, 'kustomization.yaml'), kustomization.replace(path, component))
      writeFileSync(join(folder, 'checkout.yaml'), deployment)
      const rendered = execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8' })
      assert.equal(await checkKubernetes(rendered), '')
      const { spec } = parse(rendered).spec.template
      assert.deepEqual(
        spec.initContainers.map(({ name, image }: { name: string; image: string }) => [name, image]),
        [['airs', `registry.example.com/airs-cp:${versionOf(repositoryRoot)}`]],
      )
      assert.equal(spec.containers.length, 1)
      writeFileSync(
        join(folder, 'checkout.yaml'),
        deployment.replace('airs-cp/sidecar: enabled', 'other: label'),
      )
      assert.ok(
        !execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8' }).includes('initContainers'),
      )
    } finally {
      directory.remove()
    }
  })
})
