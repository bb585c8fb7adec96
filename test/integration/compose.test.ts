import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { accessVariables, serverVariables, telemetryVariables } from '@airs-cp/runtime'
import { parse } from 'yaml'
import { isRequired, variablesOf } from '../../infra/configuration/variables-of.ts'
import {
  type ComposeService,
  mountsOf,
  namedVariables,
  readComposeFile,
} from '../../infra/docker/compose-file.ts'
import { secretFiles, secretOwners } from '../../infra/docker/secret-files.ts'
import { repositoryRoot } from '../../infra/local/data-directory.ts'
import { processes } from '../../infra/processes.ts'
import { readIngressConfig } from '../../services/ingress/config.ts'

const path = join(repositoryRoot, 'docker-compose.yml')
const { services, networks, volumes } = readComposeFile(path, {})
const ours = Object.entries(services).filter(([, { image }]) => image === 'airs-cp')
const secretsOf = (natsUsers: string[]) => ({
  token: 'token',
  gatewayToken: 'gateway-token',
  fingerprintKey: 'fingerprint',
  postgresPasswords: Object.fromEntries(secretOwners.roles.map((role) => [role, `postgres-of-${role}`])),
  natsPasswords: Object.fromEntries(natsUsers.map((user) => [user, `nats-of-${user}`])),
})
const secrets = secretFiles(secretsOf(secretOwners.natsUsers), {
  nats: 'nats:4222',
  database: 'postgres://postgres:postgres-of-postgres@postgres:5432/airs',
})
/** Set in the image, for every container. */
const imageVariables = ['AIRS_HOST', 'AIRS_DATA_DIR']
/** Read by something else than the service's config.ts: the logger, telemetry and its exporters, `airs`, the AWS SDK. */
const everywhere = [
  'AIRS_LOG',
  ...Object.keys(telemetryVariables),
  ...['HEADERS', 'TIMEOUT', 'COMPRESSION', 'CERTIFICATE'].map((what) => `OTEL_EXPORTER_OTLP_${what}`),
  'OTEL_RESOURCE_ATTRIBUTES',
]
const awsVariables = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']
/** Beside the variables in its config.ts. */
function otherVariables(name: string, read: string[]): string[] {
  const usesBucket = read.some((variable) => variable.endsWith('_S3_BUCKET'))
  const ofClients = name === 'ingress' || name === 'console' ? ['NODE_EXTRA_CA_CERTS'] : []
  return [...(name === 'ingress' ? ['AIRS_URL'] : []), ...ofClients, ...(usesBucket ? awsVariables : [])]
}

function compose(name: string): ComposeService {
  const service = services[name]
  assert.ok(service, `docker-compose.yml has no service ${name}`)
  return service
}

describe('docker-compose.yml', () => {
  for (const { name, entry, nodeOptions = [], port } of processes) {
    const secretNames = () => Object.keys(secrets[name]!)

    test(`runs ${name} by its entry, and checks its health by its name`, () => {
      const { command, healthcheck } = compose(name)
      assert.deepEqual(command, ['node', ...nodeOptions, entry])
      assert.deepEqual(
        healthcheck,
        port ? { test: ['CMD', 'node', 'infra/docker/health.ts', name] } : { disable: true },
      )
    })

    test(`sets for ${name} what it reads and no more, and all that it requires`, async () => {
      const variables = await variablesOf(entry)
      const read = Object.keys(variables)
      const required = read.filter((variable) => isRequired(variables[variable]!))
      const set = namedVariables(path, name)
      const known = [...read, ...everywhere, ...otherVariables(name, read)]
      assert.deepEqual(
        set.filter((variable) => !known.includes(variable)),
        [],
        'set, but not read',
      )
      const given = [...Object.keys(compose(name).environment), ...secretNames(), ...imageVariables]
      assert.deepEqual(
        required.filter((variable) => !given.includes(variable)),
        [],
        'required, but not set',
      )
    })

    test(`lets the user set every variable of ${name}`, async () => {
      const read = Object.keys(await variablesOf(entry))
      const ofServers = port ? [] : Object.keys({ ...serverVariables, ...accessVariables })
      // Services know its digest.
      const ofNobody = ['AIRS_TOKEN']
      const decided = [
        ...namedVariables(path, name),
        ...secretNames(),
        ...imageVariables,
        ...ofServers,
        ...ofNobody,
      ]
      const wanted = [...read, ...otherVariables(name, read), ...everywhere]
      assert.deepEqual(
        wanted.filter((variable) => !decided.includes(variable) && !/_PORT$/.test(variable)),
        [],
        `read, but not passed on: add it to the environment of ${name} in docker-compose.yml`,
      )
    })
  }

  test('names the ingress airs-cp-gateway', () => {
    assert.equal(compose('ingress').container_name, 'airs-cp-gateway')
  })

  test('publishes the ingress and the console alone, on the loopback unless configured otherwise', () => {
    const published = (env: NodeJS.ProcessEnv) =>
      Object.values(readComposeFile(path, env).services)
        .filter(({ profiles }) => profiles.length === 0)
        .flatMap(({ ports }) => ports)
    assert.deepEqual(published({}), ['127.0.0.1:8080:8080', '127.0.0.1:8090:8090'])
    const moved = { AIRS_PUBLISH_HOST: '0.0.0.0', AIRS_INGRESS_PORT: '80', AIRS_CONSOLE_PORT: '81' }
    assert.deepEqual(published(moved), ['0.0.0.0:80:8080', '0.0.0.0:81:8090'])
  })

  test('publishes what a profile adds on the loopback too', () => {
    for (const [name, { profiles, ports }] of Object.entries(services))
      if (profiles.length > 0) for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, name)
  })

  test('leaves the provider to the user, openai by default', () => {
    const provider = (env: NodeJS.ProcessEnv) =>
      readComposeFile(path, env).services.ingress!.environment.AIRS_PROVIDER
    assert.equal(provider({}), 'openai')
    assert.equal(provider({ AIRS_PROVIDER: 'mock' }), 'mock')
  })

  test('checks the address of Ollama on the host only where somebody sends requests there', () => {
    const checked = (env: NodeJS.ProcessEnv) => {
      const { environment } = readComposeFile(path, env).services.ingress!
      const secret = { NATS_URL: 'nats://airs-ingress:x@nats:4222', AIRS_FINGERPRINT_KEY: 'f'.repeat(64) }
      return readIngressConfig({ ...environment, ...secret }).checkedProviders
    }
    assert.deepEqual(checked({}), [])
    assert.deepEqual(checked({ AIRS_PROVIDER: 'ollama' }), ['ollama'])
    assert.deepEqual(checked({ AIRS_OLLAMA_BASE_URL: 'http://models:11434/v1' }), ['ollama'])
  })

  test('lets airs in the gateway, and the console, reach what has TLS', () => {
    const env = { AIRS_CONSOLE_URL: 'https://console:8090', AIRS_CA_FILE: '/etc/airs/ca.pem' }
    const { ingress, console } = readComposeFile(path, env).services
    assert.equal(ingress!.environment.AIRS_URL, env.AIRS_CONSOLE_URL)
    for (const { environment } of [ingress!, console!])
      assert.equal(environment.NODE_EXTRA_CA_CERTS, env.AIRS_CA_FILE)
    assert.equal(compose('ingress').environment.AIRS_URL, 'http://console:8090')
  })

  test('gives the console the address of every service', () => {
    for (const { name, port } of processes) {
      if (!port || name === 'console') continue
      const url = compose('console').environment[`AIRS_${name.toUpperCase()}_URL`]
      assert.equal(url, `http://${name}:${port.default}`)
    }
  })

  test('keeps in volumes whatever must survive, each volume declared and used', () => {
    const used = Object.values(services)
      .flatMap(mountsOf)
      .filter(({ kind }) => kind === 'volume')
      .map(({ source }) => source)
    assert.deepEqual([...new Set(used)].sort(), Object.keys(volumes).sort())
    const at = (name: string) =>
      mountsOf(compose(name))
        .filter(({ kind, source }) => kind === 'volume' && !source.startsWith('secrets'))
        .map(({ source, target }) => `${source}:${target}`)
    assert.deepEqual(at('ingress'), ['journal:/var/lib/airs'])
    assert.deepEqual(at('export'), ['exports:/var/lib/airs'])
    assert.deepEqual(at('export-worker'), ['exports:/var/lib/airs'])
    assert.deepEqual(at('nats'), ['nats:/data'])
    assert.deepEqual(at('postgres'), ['postgres:/var/lib/postgresql'])
  })

  test('starts services after the set-up, the set-up on healthy servers, those with their secrets', () => {
    for (const { name } of processes)
      assert.deepEqual(compose(name).depends_on, { setup: { condition: 'service_completed_successfully' } })
    assert.deepEqual(compose('setup').depends_on, {
      nats: { condition: 'service_healthy' },
      postgres: { condition: 'service_healthy' },
    })
    for (const server of ['nats', 'postgres'])
      assert.deepEqual(compose(server).depends_on, {
        secrets: { condition: 'service_completed_successfully' },
      })
  })

  test('gives nobody more of the host than it needs', () => {
    for (const [name, service] of ours) {
      assert.equal(service.read_only, true, name)
      assert.deepEqual(service.cap_drop, ['ALL'], name)
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name)
      assert.equal(service.user, name === 'secrets' ? '0:0' : undefined, name)
    }
    assert.equal(compose('secrets').network_mode, 'none')
  })

  test('keeps the ingress away from Postgres, and all but ingress and console from the outside', () => {
    const outside = Object.keys(networks).filter((name) => !networks[name]?.internal)
    assert.deepEqual(outside, ['edge'])
    const on = (network: string) =>
      Object.keys(services).filter((name) => services[name]!.networks.includes(network))
    const always = on('edge').filter((name) => services[name]!.profiles.length === 0)
    assert.deepEqual(always, ['ingress', 'console'])
    const withDatabase = processes.filter(({ databaseRole }) => databaseRole).map(({ name }) => name)
    assert.deepEqual(on('database').sort(), ['postgres', 'setup', ...withDatabase].sort())
    const withNats = processes.filter(({ needs }) => needs.includes('nats')).map(({ name }) => name)
    assert.deepEqual(on('bus').sort(), ['nats', 'setup', ...withNats].sort())
  })
})

test('Prometheus asks every process that listens', () => {
  const file = readFileSync(join(repositoryRoot, 'infra/docker/monitoring/prometheus.yml'), 'utf8')
  const { scrape_configs: jobs } = parse(file)
  assert.deepEqual(
    jobs[0].static_configs,
    processes.flatMap(({ name, port }) =>
      port ? [{ targets: [`${name}:${port.default}`], labels: { service: name } }] : [],
    ),
  )
})

test('the collector listens where the services send to, and passes traces on to Jaeger', () => {
  const file = readFileSync(join(repositoryRoot, 'infra/docker/monitoring/otel-collector.yml'), 'utf8')
  const { receivers, exporters, service } = parse(file)
  assert.match(receivers.otlp.protocols.http.endpoint, /:4318$/)
  assert.deepEqual(service.pipelines.traces.exporters, ['otlp/jaeger'])
  assert.equal(exporters['otlp/jaeger'].endpoint, 'jaeger:4317')
  for (const name of ['otel-collector', 'jaeger', ...processes.map((definition) => definition.name)])
    assert.ok(compose(name).networks.includes('telemetry'), name)
})

test('a second ingress is as the first, with a name, a port, a journal and a NATS user of its own', () => {
  const file = join(repositoryRoot, 'infra/docker/ingress-2.yml')
  const more = parse(readFileSync(file, 'utf8')) as {
    services: Record<string, ComposeService & { hostname?: string }>
    volumes: Record<string, null>
  }
  const original = parse(readFileSync(path, 'utf8'), { merge: true }) as typeof more
  const { container_name, hostname, ports, volumes, environment, ...second } = more.services['ingress-2']!
  const first = original.services.ingress!
  assert.deepEqual({ ...first, ...second }, first)
  assert.deepEqual({ ...environment, AIRS_INGRESS_NAME: 'ingress' }, first.environment)
  assert.equal(container_name, 'airs-cp-gateway-2')
  assert.equal(hostname, container_name)
  assert.deepEqual(ports, [first.ports[0]!.replace('INGRESS_PORT:-8080', 'INGRESS_2_PORT:-8079')])
  assert.deepEqual(
    volumes,
    first.volumes.map((volume) => volume.replace(/^(journal|secrets-ingress):/, '$1-2:')),
  )
  assert.deepEqual(Object.keys(more.volumes), ['journal-2', 'secrets-ingress-2'])
  const files = secretFiles(
    secretsOf([...secretOwners.natsUsers, 'airs-ingress-2']),
    { nats: 'nats:4222', database: 'postgres://postgres@postgres/airs' },
    ['ingress-2'],
  )
  assert.equal(files['ingress-2']!.NATS_URL, 'nats://airs-ingress-2:nats-of-airs-ingress-2@nats:4222')
  assert.deepEqual(Object.keys(files['ingress-2']!).sort(), Object.keys(files.ingress!).sort())
})

describe('the secrets of a deployment', () => {
  test('go to each container from a volume of its own, read-only', () => {
    const given = Object.keys(secrets).filter((name) => Object.keys(secrets[name]!).length > 0)
    for (const name of given)
      assert.ok(
        compose(name).volumes.includes(`secrets-${name}:/run/airs/secrets:ro`),
        `${name} does not mount its secrets`,
      )
    const mounts = compose('secrets').volumes
    assert.deepEqual(
      mounts.toSorted(),
      [
        ...given.map((name) => `secrets-${name}:/run/airs/deployment/${name}`),
        'secrets:/run/airs/deployment/all',
      ].toSorted(),
    )
    for (const [name, service] of Object.entries(services))
      if (name !== 'secrets')
        assert.deepEqual(
          service.volumes.filter(
            (volume) => /^secrets/.test(volume) && !volume.startsWith(`secrets-${name}:`),
          ),
          [],
        )
  })

  test('let no service act as another', () => {
    for (const { name, databaseRole } of processes) {
      const text = Object.values(secrets[name]!).join('\n')
      const passwords = [...text.matchAll(/(?:postgres|nats)-of-[\w-]+/g)].map(([password]) => password)
      const own = [`nats-of-airs-${name}`, `postgres-of-${databaseRole}`]
      assert.deepEqual(
        passwords.filter((password) => !own.includes(password)),
        [],
        name,
      )
    }
  })

  test('have no default', () => {
    for (const [name, { environment }] of Object.entries(services))
      for (const [variable, value] of Object.entries(environment))
        if (/TOKEN|PASSWORD|KEY|SECRET/.test(variable))
          assert.match(value ?? '', /^\/run\/airs\/secrets\//, `${name} sets ${variable}`)
  })
})
