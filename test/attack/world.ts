import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Database, openDatabase } from '@airs-cp/postgres'
import { type Stack, startStack } from '../../infra/local/stack.ts'
import { processes } from '../../infra/processes.ts'
import { controlOf } from '../support/control.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { withoutSettings } from '../support/without-settings.ts'
import { createCosts } from './costs.ts'
import { startUpstream, type Upstream } from './upstream.ts'

/** A stack as production configures it, and what is needed to attack it and to see what that did. */
export type World = {
  stack: Stack
  upstream: Upstream
  control: ReturnType<typeof controlOf>
  costs: ReturnType<typeof createCosts>
  database: Database<unknown>
  /** Of the control APIs, with the role viewer. */
  viewerToken: string
  /** Key of an ordinary client. */
  key: string
  /** Exchanges that clients saw end with status 200. */
  finished: string[]
  /** POSTs a chat completion, with the client's key if nothing else is said; remembers those that end well. */
  chat: (body: unknown, headers?: Record<string, string>) => Promise<{ status: number; text: string }>
  close: () => Promise<void>
}

const patches = join(import.meta.dirname, '../../infra/k8s/overlays/production/patches')
const mebibyte = 1024 ** 2

/** Of a process in the production manifests. */
export function memoryLimitBytes(process: string): number {
  const file = join(patches, process === 'ingress' ? 'ingress.yaml' : 'resources.yaml')
  const [, number, unit] = /limits: \{ memory: (\d+)(Mi|Gi) \}/.exec(readFileSync(file, 'utf8')) ?? []
  if (number === undefined) throw new Error(`${file} gives no limit in Mi or Gi`)
  return Number(number) * (unit === 'Gi' ? 1024 : 1) * mebibyte
}

export async function createWorld({ verbose }: { verbose: boolean }): Promise<World> {
  const directory = makeTemporaryDirectory()
  const sockets = join(directory.path, 'sockets')
  mkdirSync(sockets)
  const viewerToken = randomBytes(24).toString('base64url')
  const tokensFile = join(directory.path, 'tokens.yaml')
  const sha256 = createHash('sha256').update(viewerToken).digest('hex')
  writeFileSync(tokensFile, `tokens:\n  - { name: viewer, role: viewer, sha256: ${sha256} }\n`)
  const upstream = await startUpstream()
  const preload = pathToFileURL(join(import.meta.dirname, 'report-costs.mjs')).href
  const stack = await startStack({
    dataDir: join(directory.path, 'data'),
    ports: 'free',
    verbose,
    say: (line) => (verbose ? console.log(`    ${line}`) : undefined),
    processes: processes.map((definition) => ({
      ...definition,
      // What Node takes in a container of that size.
      nodeOptions: [
        ...(definition.nodeOptions ?? []),
        `--max-old-space-size=${memoryLimitBytes(definition.name) / mebibyte / 2}`,
      ],
    })),
    env: {
      ...withoutSettings(process.env),
      NODE_OPTIONS: `--import=${preload}`,
      ATTACK_SOCKETS: sockets,
      AIRS_PROVIDER: 'openai',
      AIRS_OPENAI_BASE_URL: upstream.baseUrl,
      AIRS_TOKENS_FILE: tokensFile,
      AIRS_OPENAI_API_KEY: 'sk-server-credential-of-the-attack-suite',
    },
  }).catch(async (error) => {
    await upstream.close()
    directory.remove()
    throw error
  })
  const control = controlOf(stack)
  const database = openDatabase<unknown>({ url: stack.databaseUrl, name: 'attack', max: 3 })
  const { key } = await control.json<{ key: string }>('POST', '/v1/keys', { name: 'client' })
  await control.setMode('enforce')
  const finished: string[] = []
  return {
    stack,
    upstream,
    control,
    costs: createCosts(stack, sockets),
    database,
    viewerToken,
    key,
    finished,
    async chat(body, headers = {}) {
      const response = await fetch(`${stack.urls.ingress}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
        body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
        signal: AbortSignal.timeout(300_000),
      })
      const text = await response.text()
      const exchange = response.headers.get('x-airs-exchange-id')
      if (response.ok && exchange) finished.push(exchange)
      return { status: response.status, text }
    },
    async close() {
      await database.destroy()
      const killed = await stack.stop()
      if (killed.length > 0) console.log(`had to be killed at the end: ${killed.join(', ')}`)
      await upstream.close()
      directory.remove()
    },
  }
}

export function ask(content: string, more: object = {}): object {
  return { model: 'gpt-4o-mini', messages: [{ role: 'user', content }], ...more }
}
