import { type Bus, connectBus } from '@airs-cp/bus'
import { type Database, openDatabase } from '@airs-cp/postgres'
import { createLedger, type Ledger } from '../fault/ledger.ts'
import { createLoad, type Load, type LoadProfile } from '../fault/load.ts'
import { makeCall } from '../fault/make-call.ts'
import { createRandom, type Random } from '../fault/random.ts'
import { type SentExchange, sendExchange } from '../fault/send-exchange.ts'
import { settle } from '../fault/settle.ts'
import { startUpstream, type Upstream } from '../fault/upstream.ts'
import type { Verdict } from '../fault/verify.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { type Balancer, startBalancer } from './balancer.ts'
import { type Deployment, ingresses, startDeployment } from './deployment.ts'
import { createNetwork } from './network.ts'
import { sessionsOutOfOrder } from './session-order.ts'

/** Everything several times under load, with what is needed to break it and to look at what it recorded. */
export type World = {
  deployment: Deployment
  balancer: Balancer
  upstream: Upstream
  load: Load
  database: Database<unknown>
  bus: Bus
  ledger: Ledger
  random: Random
  journals: () => string[]
  log: (line: string) => void
  /** Sends one small exchange beside the load, by the balancer or to one ingress. */
  probe: (ingress?: string) => Promise<SentExchange>
  call: <Reply>(
    service: 'policy' | 'audit' | 'lineage' | 'export',
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<Reply>
  /** Pauses the load and compares all that was sent since the beginning. */
  settled: () => Promise<Verdict>
  close: () => Promise<void>
}

/** What two cores take beside everything else. */
export const gentle: LoadProfile = { clients: 6, pauseMs: 150, largestBytes: 40_000 }

export async function createWorld(options: {
  seed: number
  former?: string
  verbose: boolean
  log: (line: string) => void
}): Promise<World> {
  const { seed, log } = options
  const network = createNetwork()
  const directory = makeTemporaryDirectory()
  const upstream = await startUpstream(network.here.edge)
  await using stack = new AsyncDisposableStack()
  stack.defer(async () => {
    await upstream.close()
    network.remove()
    if (!process.env.KEEP) directory.remove()
  })
  const deployment = await startDeployment({
    network,
    directory: directory.path,
    baseUrl: upstream.baseUrl,
    ...(options.former && { former: options.former }),
    say: options.verbose ? log : () => {},
  }).catch((error) => {
    log(`The deployment did not start; its logs are in ${directory.path}`)
    throw error
  })
  stack.defer(async () => {
    const killed = await deployment.close()
    if (killed.length > 0) log(`had to be killed at the end: ${killed.join(', ')}`)
  })
  const balancer = await startBalancer(
    Object.fromEntries(ingresses.map((name) => [name, deployment.urlOf(name)])),
  )
  stack.defer(() => balancer.close())
  const load = createLoad({ url: balancer.url, seed })
  stack.defer(() => load.close())
  const database = openDatabase<unknown>({ url: deployment.databaseUrl, name: 'scale', max: 2 })
  stack.defer(() => database.destroy())
  const bus = await connectBus({ url: deployment.natsUrl, name: 'scale' })
  stack.defer(() => bus.close())
  const random = createRandom(seed)
  const running = stack.move()
  const world: World = {
    deployment,
    balancer,
    upstream,
    load,
    database,
    bus,
    random,
    ledger: createLedger(),
    journals: () => ingresses.map(deployment.journalOf),
    log,
    async probe(ingress) {
      const url = ingress === undefined ? balancer.url : deployment.urlOf(ingress)
      const sent = await sendExchange(url, makeCall(random, 1_000))
      load.log.set(sent.marker, sent)
      return sent
    },
    async call(service, method, path, body) {
      const name = service === 'export' ? 'export' : await deployment.active(service)
      const isText = typeof body === 'string'
      const response = await fetch(`${deployment.urlOf(name)}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${deployment.token}`,
          ...(body !== undefined && { 'content-type': isText ? 'application/yaml' : 'application/json' }),
        },
        ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
      return JSON.parse(text)
    },
    async settled() {
      // Positions in the store are others after a standby has taken over: everything is read again.
      world.ledger = createLedger()
      const verdict = await settle(world, 0)
      verdict.problems.push(...sessionsOutOfOrder([...load.log.values()], world.ledger))
      return verdict
    },
    close: () => running.disposeAsync(),
  }
  return world
}
