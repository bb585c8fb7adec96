import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { connectBus, ensureTopology } from '@airs-cp/bus'
import { parsePolicies } from '@airs-cp/policy-engine'
import { repositoryRoot } from '../../../infra/local/data-directory.ts'
import { freePort } from '../../../infra/local/free-port.ts'
import { lastLines } from '../../../infra/local/log-file.ts'
import { poll } from '../../../infra/local/poll.ts'
import { startStack } from '../../../infra/local/stack.ts'
import { controlOf, until } from '../../support/control.ts'
import { startNats } from '../../support/start-nats.ts'
import { chatRequest } from './bodies.ts'
import { type Child, startChild } from './child.ts'
import { type Cores, moveTo } from './cores.ts'
import { installedPeers } from './peers.ts'

/** Something that answers chat requests, measured beside the others. */
export type Candidate = {
  name: string
  url: string
  /** Of the process that is the gateway. */
  pid?: number
  /** Of an ingress that was started here. */
  child?: Child
  headers?: Record<string, string> | undefined
  /** Closes the last message of each request. */
  ending?: string
  /** An ingress, whose journal is to be shipped before its work counts as done. */
  records?: boolean
}

export type CandidateOptions = {
  /** Takes data and logs. */
  directory: string
  upstream: string
  cores: Cores | undefined
  withAudit?: boolean
  /** Where telemetry goes that is thrown away; with it, ingresses that trace are measured too. */
  collector?: string | undefined
  /** Where `npm run bench -- peers` has installed other gateways. */
  peers?: string | undefined
  /** Another checkout, whose ingress is measured beside ours. */
  beside?: string | undefined
  /** Names of those that are wanted; all where there are none. */
  only: string[]
  /** Receives a CPU profile of the strict ingress. */
  profileDirectory?: string | undefined
  /** Further options of Node for ingresses. */
  nodeOptions?: string[]
  /** Takes what is to be stopped. */
  stack: AsyncDisposableStack
}

const policyDocument = [
  'name: hide-addresses',
  'mode: enforce',
  'detectors:',
  '  - detector: pii',
  '    types: [EMAIL]',
  'action: redact',
  '',
].join('\n')
type PublishedPolicy = { name: string; version: number; document: string }

const hidingAddresses: PublishedPolicy[] = [{ name: 'hide-addresses', version: 1, document: policyDocument }]

/** All policies that are shipped, enforcing; limits as high as the bench needs them. */
function shippedPolicies(): PublishedPolicy[] {
  const folder = join(repositoryRoot, 'infra/policies')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => parsePolicies(readFileSync(join(folder, file), 'utf8')))
    .map(({ policy: { name }, source }) => ({
      name,
      version: 1,
      document: source
        .replace('mode: observe', 'mode: enforce')
        .replace('requests: 120', 'requests: 1000000')
        .replace('estimatedTokens > 100000', 'estimatedTokens > 100000000')
        .replace('messages > 500', 'messages > 1000000'),
    }))
}

const address = ' You reach me at ann.lee@example.com.'
const chat = '/v1/chat/completions'

/** Starts all candidates, each with data of its own; they idle while another is measured. */
export async function startCandidates(options: CandidateOptions): Promise<Candidate[]> {
  const { directory, upstream, cores, stack, peers, nodeOptions: more = [] } = options
  const gatewayCores = cores?.gateway
  const own = async (
    name: string,
    args: string[],
    env: NodeJS.ProcessEnv = process.env,
    program?: string,
  ) => {
    const child = await startChild({
      program,
      args,
      env,
      logPath: join(directory, `${name}.log`),
      cores: gatewayCores,
    })
    stack.defer(() => child.stop())
    return child
  }
  const ownWithPort = async (name: string, args: string[], env?: NodeJS.ProcessEnv) => {
    const child = await own(name, args, env)
    const { port } = await child.message<{ port: number }>()
    return { pid: child.pid, url: `http://127.0.0.1:${port}${chat}` }
  }

  const nats = stack.use(await startNats())
  const bus = await connectBus({ url: nats.url, name: 'bench' })
  await ensureTopology(bus)
  await bus.drain()

  const ingressEnvironment = (name: string, recording: string, enforced: readonly PublishedPolicy[]) => {
    const dataDirectory = join(directory, name)
    mkdirSync(join(dataDirectory, 'ingress'), { recursive: true })
    const set = { version: 1, mode: enforced.length > 0 ? 'enforce' : 'observe', policies: enforced }
    const keep = (file: string, value: object) =>
      writeFileSync(join(dataDirectory, 'ingress', file), JSON.stringify(value))
    keep('policy-set.json', set)
    keep('client-keys.json', { version: 1, keys: [] })
    keep('quarantine.json', { version: 1, sessions: [] })
    return {
      ...process.env,
      AIRS_DATA_DIR: dataDirectory,
      AIRS_RECORDING: recording,
      AIRS_FINGERPRINT_KEY: 'a key for benchmarks only',
      AIRS_PROVIDER: 'openai',
      AIRS_OPENAI_BASE_URL: `${upstream}/v1`,
      AIRS_OPENAI_API_KEY: '',
      AIRS_HOST: '127.0.0.1',
      AIRS_LOG: 'warn',
      NATS_URL: nats.url,
    }
  }
  const ingress = async (
    name: string,
    recording: string,
    enforced: readonly PublishedPolicy[],
    {
      checkout = repositoryRoot,
      nodeOptions = [],
      env = {},
    }: { checkout?: string; nodeOptions?: string[]; env?: NodeJS.ProcessEnv } = {},
  ) => {
    const port = await freePort()
    const { entry, options: nodeArguments } = await ingressOf(checkout)
    const child = await own(name, [...nodeArguments, ...more, ...nodeOptions, entry], {
      ...ingressEnvironment(name, recording, enforced),
      ...env,
      AIRS_INGRESS_PORT: String(port),
    })
    const origin = `http://127.0.0.1:${port}`
    await waitForServer(`${origin}/readyz`, name, join(directory, `${name}.log`))
    return { pid: child.pid, child, url: origin + chat, records: true }
  }
  const profiling = profilingTo(options.profileDirectory)

  const candidates: Candidate[] = [{ name: 'direct', url: upstream + chat }]
  const add = async (name: string, start: () => Promise<Omit<Candidate, 'name'>>) => {
    if (options.only.length === 0 || options.only.includes(name))
      candidates.push({ name, ...(await start()) })
  }
  await add('bare proxy', () =>
    ownWithPort('bare-proxy', [join(import.meta.dirname, 'bare-proxy.ts'), upstream]),
  )
  await add('recording off', async () =>
    ownWithPort(
      'recording-off',
      [...(await ingressOf(repositoryRoot)).options, join(import.meta.dirname, 'unrecorded-ingress.ts')],
      ingressEnvironment('recording-off', 'best-effort', []),
    ),
  )
  await add('best-effort', () => ingress('best-effort', 'best-effort', []))
  await add('strict', () => ingress('strict', 'strict', []))
  let enforcing: Promise<Omit<Candidate, 'name'>> | undefined
  const enforced = () => {
    enforcing ??= ingress('strict-policies', 'strict', hidingAddresses, { nodeOptions: profiling })
    return enforcing
  }
  await add('strict + policies', enforced)
  await add('strict + library', async () => ({
    ...(await ingress('library', 'strict', shippedPolicies())),
    headers: { 'x-airs-agent': 'bench' },
  }))
  await add('strict + redacting', async () => ({ ...(await enforced()), ending: address }))
  const { collector, beside } = options
  if (collector) {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector }
    await add('+ every trace', () => ingress('traced', 'strict', hidingAddresses, { env }))
    const ratio = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' }
    await add('+ 1 % of traces', () =>
      ingress('sampled', 'strict', hidingAddresses, { env: { ...env, ...ratio } }),
    )
  }
  if (beside)
    await add('the same beside', () =>
      ingress('beside', 'strict', hidingAddresses, { checkout: resolve(beside) }),
    )
  if (options.withAudit) await add('strict + audit', () => wholeStack(options))
  if (peers)
    for (const { name, start } of installedPeers(peers))
      await add(name, async () => {
        const port = await freePort()
        const origin = `http://127.0.0.1:${port}`
        const { program, args, env, headers } = start({ port, upstream, directory })
        const { pid } = await own(name, args, { ...process.env, ...env }, program)
        await waitForServer(origin, name, join(directory, `${name}.log`))
        return { pid, url: origin + chat, headers }
      })
  return candidates
}

/** Options of Node that have a process write a CPU profile into a directory; none without one. */
export function profilingTo(directory: string | undefined): string[] {
  return directory ? ['--cpu-prof', `--cpu-prof-dir=${directory}`, '--cpu-prof-interval=200'] : []
}

/** How a checkout starts its ingress. */
async function ingressOf(checkout: string): Promise<{ entry: string; options: readonly string[] }> {
  const { processes }: typeof import('../../../infra/processes.ts') = await import(
    join(checkout, 'infra/processes.ts')
  )
  const { entry, nodeOptions = [] } = processes.find(({ name }) => name === 'ingress')!
  return { entry: join(checkout, entry), options: nodeOptions }
}

/** All services as `npm start` runs them. They share the core of the load, the ingress excepted. */
async function wholeStack({ directory, upstream, cores, stack }: CandidateOptions) {
  const started = await startStack({
    dataDir: join(directory, 'stack'),
    ports: 'free',
    env: {
      ...process.env,
      AIRS_PROVIDER: 'openai',
      AIRS_OPENAI_BASE_URL: `${upstream}/v1`,
      AIRS_OPENAI_API_KEY: '',
      AIRS_RECORDING: 'strict',
      AIRS_LOG: 'warn',
      DATABASE_URL: '',
      NATS_URL: '',
    },
  })
  stack.defer(async () => void (await started.stop()))
  const { pid } = started.process('ingress')
  if (cores) moveTo(cores.gateway, pid!)
  const control = controlOf(started)
  await control.applyPolicy(policyDocument)
  await control.setMode('enforce')
  const url = `${started.urls.ingress}${chat}`
  await until('the policy to be in force', async () => {
    const response = await fetch(url, {
      method: 'POST',
      body: chatRequest({ bytes: 2048, ending: address }),
    })
    await response.arrayBuffer()
    return response.headers.get('x-airs-decision') === 'redact' || undefined
  })
  return { url, pid: pid!, records: true }
}

async function waitForServer(url: string, name: string, logPath: string): Promise<void> {
  let reason = ''
  await poll(
    async () => {
      try {
        const response = await fetch(url)
        reason = await response.text()
        return response.ok || undefined
      } catch (error) {
        reason = String((error as Error).cause ?? error)
        return undefined
      }
    },
    {
      limitMs: 60_000,
      late: () =>
        [`${name} is not ready at ${url} after 60 s: ${reason}`, ...lastLines(logPath, 10)].join('\n'),
    },
  )
}
