import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Bus, connectBus, createPublisher, ensureTopology, runProjection } from '@airs-cp/bus'
import { buckets, eventTypes, streams, trafficSubject, uuidv7 } from '@airs-cp/events'
import { openDatabase } from '@airs-cp/postgres'
import { natsServerConfig } from '../../infra/docker/nats-server-config.ts'
import { findNatsServer } from '../../infra/local/find-nats-server.mjs'
import { freePort } from '../../infra/local/free-port.ts'
import { Supervised } from '../../infra/local/supervised.ts'
import { trafficAudit } from '../../services/audit/projection.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { until } from '../support/control.ts'
import { jetStreamApi } from '../support/jetstream-api.ts'
import { startServers } from '../support/servers.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { createTrafficSource, ship } from '../support/traffic.ts'

const size = 3
const password = 'secret'

/** The configuration of the Kubernetes manifests; flags move the addresses to this machine. */
describe('a cluster of three nats-servers', () => {
  const directory = makeTemporaryDirectory()
  const servers: Supervised[] = []
  const ports: number[] = []
  let bus: Bus

  before(async () => {
    const users = ['airs-setup', 'airs-ingress'].map((user) => ({ user, password }))
    const routes = ['nats-0.nats-headless:6222', 'nats-1.nats-headless:6222', 'nats-2.nats-headless:6222']
    const configPath = join(directory.path, 'nats-server.json')
    writeFileSync(configPath, JSON.stringify(natsServerConfig(users, { routes, password })))
    const routePorts: number[] = []
    for (let index = 0; index < size; index++) {
      ports.push(await freePort())
      routePorts.push(await freePort())
    }
    const routeUrl = (port: number) => `nats://airs-route:${password}@127.0.0.1:${port}`
    for (let index = 0; index < size; index++) {
      const server = new Supervised(
        {
          name: `nats-${index}`,
          file: findNatsServer()!,
          args: [
            ...[
              '--config',
              configPath,
              '--name',
              `nats-${index}`,
              '--store_dir',
              join(directory.path, `${index}`),
            ],
            ...['--addr', '127.0.0.1', '--port', `${ports[index]}`, '--http_port', `${await freePort()}`],
            ...['--cluster', routeUrl(routePorts[index]!), '--routes', routePorts.map(routeUrl).join(',')],
          ],
          env: { PATH: process.env.PATH },
          cwd: directory.path,
          stopSignal: 'SIGTERM',
          logPath: join(directory.path, `nats-${index}.log`),
          orphanedBy: 'guard',
        },
        () => {},
      )
      servers.push(server)
      await server.start()
    }
    const url = ports.map((port) => `nats://airs-setup:${password}@127.0.0.1:${port}`).join(',')
    bus = await connectBus({ url, name: 'test' })
    await until(
      'the streams',
      () =>
        ensureTopology(bus, { replicas: size }).then(
          () => true,
          () => undefined,
        ),
      60_000,
    )
  })
  after(async () => {
    await bus?.close()
    await Promise.all(servers.map((server) => server.stop()))
    directory.remove()
  })

  type Info = {
    config: { num_replicas: number }
    state: { messages: number }
    cluster: { leader?: string }
  }

  /** Of a stream that somebody leads: nobody replies before, and asking again is what helps. */
  const info = (stream: string) =>
    until(
      `a leader of ${stream}`,
      () =>
        jetStreamApi<Partial<Info>>(bus, `STREAM.INFO.${stream}`, {}, 5_000).then(
          (reply) => (reply.cluster?.leader === undefined ? undefined : (reply as Info)),
          () => undefined,
        ),
      120_000,
    )

  test('keeps every stream and bucket on all three', async () => {
    const names = [
      ...Object.values(streams).map(({ name }) => name),
      ...Object.values(buckets).map((name) => `KV_${name}`),
    ]
    for (const name of names) assert.equal((await info(name)).config.num_replicas, size, name)
  })

  test('loses nothing that it acknowledged when one server is killed', async () => {
    const publisher = createPublisher(bus, { ackTimeoutMs: 2_000 })
    const subject = trafficSubject('default', 'session', eventTypes.requestReceived)
    const publish = (id: string) =>
      new Promise<boolean>((resolve) =>
        publisher.publish(subject, id, new TextEncoder().encode('{}'), (error) => resolve(!error)),
      )
    const { cluster } = await info(streams.traffic.name)
    const leader = servers.find(({ command }) => command.name === cluster.leader)!
    for (let index = 0; index < 300; index++) {
      if (index === 100) leader.kill('SIGKILL')
      await until(`event ${index}`, async () => (await publish(`event-${index}`)) || undefined, 40_000)
    }
    publisher.close()
    const stored = await info(streams.traffic.name)
    assert.equal(stored.state.messages, 300)
  })
  test('has a projection ask again soon while nobody leads, instead of waiting for a response that never comes', async () => {
    await using stack = new AsyncDisposableStack()
    const postgres = stack.adopt(await startServers(), (each) => each.stop())
    await using database = openDatabase<AuditTables>({
      url: postgres.databaseUrl('airs_audit'),
      name: 'test',
    })
    const pauses: number[] = []
    /** Undefined while it works: a leader that has lost the others leads on for up to 20 s. */
    let triedAtMs: number | undefined
    await using running = runProjection({
      bus,
      database,
      projection: trafficAudit,
      onProblem(problem) {
        if (!problem.startsWith('cannot consume')) return
        if (triedAtMs !== undefined) pauses.push(performance.now() - triedAtMs)
        triedAtMs = performance.now()
      },
      onRecovery(problem) {
        if (problem.startsWith('cannot consume')) triedAtMs = undefined
      },
    })
    await running.caughtUp()
    const stopped = servers.slice(1)
    await Promise.all(stopped.map((server) => server.stop()))
    await until('five pauses between tries', async () => pauses[4], 60_000)
    const whileNobodyLeads = [...pauses]
    await Promise.all(stopped.map((server) => server.start()))
    const event = createTrafficSource().request(uuidv7(), uuidv7())
    await until(
      'a leader',
      () =>
        ship(bus, event).then(
          () => true,
          () => undefined,
        ),
      60_000,
    )
    const stored = () =>
      database.selectFrom('audit.events').select('id').where('id', '=', event.id).executeTakeFirst()
    await until('the event in the event store', stored)
    assert.ok(
      Math.max(...whileNobodyLeads) < 4_000,
      `pauses of ${whileNobodyLeads.map(Math.round)} ms between tries`,
    )
  })
})
