import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from '@airs-cp/postgres'
import { type Stack, startStack } from '../../infra/local/stack.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { withoutSettings } from '../support/without-settings.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { createLoad, type Load } from './load.ts'
import { makeCall } from './make-call.ts'
import type { Options } from './options.ts'
import { createRandom, type Random } from './random.ts'
import { type SentExchange, sendExchange } from './send-exchange.ts'
import { startUpstream, type Upstream } from './upstream.ts'

/** A whole stack under load, with what is needed to break it and to look at what it recorded. */
export type World = {
  options: Options
  random: Random
  stack: Stack
  upstream: Upstream
  load: Load
  database: Database<unknown>
  /** What Postgres was found to hold, so far. */
  ledger: Ledger
  /** Markers of exchanges that may be missing, because their loss was counted. */
  exempt: Set<string>
  /** Where the ingress keeps its journal now. */
  ingressDataDir: string
  journals: () => string[]
  log: (line: string) => void
  /** Sends one small exchange beside the load. */
  probe: () => Promise<SentExchange>
  close: () => Promise<void>
}

export async function createWorld(options: Options, log: (line: string) => void): Promise<World> {
  const directory = makeTemporaryDirectory()
  const upstream = await startUpstream()
  const env = {
    ...withoutSettings(process.env),
    AIRS_PROVIDER: 'openai',
    AIRS_OPENAI_BASE_URL: upstream.baseUrl,
    AIRS_LOG: 'info',
  }
  const say = (line: string) => {
    if (options.verbose) log(`    ${line}`)
  }
  const stack = await startStack({
    dataDir: directory.path,
    ports: 'free',
    env,
    say,
    verbose: options.verbose,
  }).catch(async (error) => {
    await upstream.close()
    directory.remove()
    throw error
  })
  const random = createRandom(options.seed)
  const load = createLoad({ url: stack.urls.ingress!, seed: options.seed })
  const database = openDatabase<unknown>({ url: stack.databaseUrl, name: 'fault', max: 3 })
  const world: World = {
    options,
    random,
    stack,
    upstream,
    load,
    database,
    ledger: createLedger(),
    exempt: new Set(),
    ingressDataDir: directory.path,
    journals: () => [join(world.ingressDataDir, 'ingress', 'journal')],
    log,
    async probe() {
      const sent = await sendExchange(stack.urls.ingress!, makeCall(random, 1_000))
      load.log.set(sent.marker, sent)
      return sent
    },
    async close() {
      await load.close()
      await database.destroy()
      const killed = await stack.stop()
      if (killed.length > 0) log(`had to be killed at the end: ${killed.join(', ')}`)
      await upstream.close()
      directory.remove()
    },
  }
  return world
}

/** Asks again until the answer is yes; false when that takes longer than `limitMs`. Errors count as no. */
export async function within(limitMs: number, ask: () => Promise<boolean> | boolean): Promise<boolean> {
  const deadline = Date.now() + limitMs
  for (;;) {
    const yes = await Promise.resolve()
      .then(ask)
      .catch(() => false)
    if (yes) return true
    if (Date.now() > deadline) return false
    await sleep(50)
  }
}
