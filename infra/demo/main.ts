import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Client, createClient } from '@airs-cp/client'
import { readMoment } from '@airs-cp/events'
import { readSettings } from '../../libs/cli/settings.ts'
import { allApps, type DemoSession, planSessions } from './company.ts'
import { describeSent } from './describe-sent.ts'
import { copyDay, importLines, readSessions, shareOut } from './history.ts'
import { createRandom } from './random.ts'
import { type Sent, sendSession } from './send-session.ts'

const usage = `npm run demo -- [options]

Sends a day of an invented company through the running ingress to the mock: six apps with client keys of their own, agents with
tools, long conversations, blocks, redactions, errors, and a session that ends in quarantine. All of it has the tag "demo".

  --exchanges <count>  how many to send (300; 20 to 100000)
  --past <span>        also invent a history from that long ago until now, such as 7d or 12w: copies of what was just
                       recorded, brought in as an import, as which it is marked. They have the tag "demo-history"
  --history <count>    how many exchanges the history has (20 times what is sent; up to 5000000)
  --seed <number>      another number gives other conversations (1)
  --at-once <count>    sessions at the same time (8)
  --remove             remove policies and client keys of the demo. What was recorded stays
  --help

It applies the policies of infra/demo/policies.yaml, which judge only traffic with the tag "demo", and sets the mode to enforce
while it sends. It uses the mock and nothing else: start the stack without credentials of a provider, or for names and prices
of providers with AIRS_PROVIDERS_FILE=infra/demo/providers.yaml npm start`

const keyPrefix = 'Demo: '

class DemoError extends Error {
  override name = 'DemoError'
}

type Options = {
  exchanges: number
  seed: number
  atOnce: number
  past: Date | undefined
  history: number
  remove: boolean
}

function readOptions(args: string[]): Options | undefined {
  const { values } = parseArgs({
    args,
    options: {
      exchanges: { type: 'string', default: '300' },
      past: { type: 'string' },
      history: { type: 'string' },
      seed: { type: 'string', default: '1' },
      'at-once': { type: 'string', default: '8' },
      remove: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const whole = (name: string, text: string, min: number, max: number) => {
    const number = Number(text)
    if (!/^\d+$/.test(text) || number < min || number > max)
      throw new DemoError(`--${name} is ${text}: give a whole number from ${min} to ${max}`)
    return number
  }
  const exchanges = whole('exchanges', values.exchanges, 20, 100_000)
  const past = values.past === undefined ? undefined : readMoment(values.past, new Date())?.at
  if (values.past !== undefined && (!past || past >= new Date()))
    throw new DemoError(`--past is ${values.past}: give how long ago, such as 7d`)
  return {
    exchanges,
    seed: whole('seed', values.seed, 0, 2 ** 32 - 1),
    atOnce: whole('at-once', values['at-once'], 1, 64),
    past,
    history: whole('history', values.history ?? String(20 * exchanges), 1, 5_000_000),
    remove: values.remove,
  }
}

function openClient(): Client & { url: string } {
  const { url, token } = readSettings({}, { env: process.env, home: homedir(), cwd: process.cwd() })
  if (!token)
    throw new DemoError(`No token for ${url.value} was found; is "npm start" running? Or set AIRS_TOKEN`)
  return createClient({ url: url.value, token: token.value })
}

const say = (line = '') => process.stdout.write(`${line}\n`)

async function run(options: Options, client: Client, signal: AbortSignal): Promise<void> {
  const startedAt = new Date()
  const readiness = await client.readiness()
  const endpoint = process.env.AIRS_ENDPOINT || readiness.services.ingress?.url
  if (!endpoint) throw new DemoError('The address of the ingress is not known; set AIRS_ENDPOINT')
  const providerOf = await findMocks(client)
  const mode = await client.mode.get()
  if (mode.mode === 'off' || mode.mode === 'stop')
    throw new DemoError(`The mode is ${mode.mode}; "airs mode observe" first`)
  const keys = await prepare(client)
  if (mode.mode !== 'enforce') await client.mode.set('enforce', 'npm run demo')
  const sessions = planSessions(options.seed, options.exchanges, Math.floor(Date.now() / 1_000).toString(36))
  const planned = sessions.reduce((sum, { steps }) => sum + steps.length, 0)
  say(
    `Sending up to ${planned} exchanges of ${sessions.length} sessions to ${endpoint}, ${options.atOnce} at once …`,
  )
  const sent: Sent[] = []
  try {
    await sendAll(sessions, options, { endpoint, keys, providerOf, signal, onSent: (one) => sent.push(one) })
  } finally {
    if (mode.mode !== 'enforce') await client.mode.set(mode.mode, 'npm run demo is done')
  }
  say(describeSent(sent, { planned, seconds: (Date.now() - startedAt.getTime()) / 1_000 }))
  if (options.past) await addHistory(options, client, { sent, startedAt, signal })
  links(client, sent, options.past)
}

/** The upstream of each model: only mocks, so that nothing costs money. */
async function findMocks(client: Client): Promise<(model: string) => string | undefined> {
  const upstreams = (await client.figures.ingresses()).flatMap(({ upstreams }) => upstreams)
  const mocks = new Set(upstreams.filter(({ kind }) => kind === 'mock').map(({ name }) => name))
  if (mocks.size === 0)
    throw new DemoError(
      'No upstream is the mock, and the demo sends to nothing else: start the stack with AIRS_PROVIDER=mock',
    )
  const [any] = mocks
  return (model) => {
    const vendor = model.startsWith('claude') ? 'anthropic' : 'openai'
    return mocks.has(vendor) ? vendor : mocks.has('mock') ? 'mock' : any
  }
}

/** @returns the client key of each app. */
async function prepare(client: Client): Promise<Map<string, string>> {
  await client.policies.apply(readFileSync(join(import.meta.dirname, 'policies.yaml'), 'utf8'), {
    reason: 'npm run demo',
  })
  const keys = new Map<string, string>()
  const upstreams = (await client.figures.ingresses()).flatMap(({ upstreams }) => upstreams)
  if (upstreams.some(({ credential }) => credential === 'own')) {
    say('An upstream has a credential here, which client keys would reserve: the demo makes none.')
    return keys
  }
  await removeKeys(client)
  for (const name of new Set(allApps.map(({ key }) => key))) {
    const { key } = await client.keys.create({ name: `${keyPrefix}${name}`, budgetUsdMicros: 500_000_000 })
    if (key) keys.set(name, key)
  }
  return keys
}

async function removeKeys(client: Client): Promise<number> {
  const ours = (await client.keys.list()).filter(
    ({ name, revokedAt }) => revokedAt === null && name.startsWith(keyPrefix),
  )
  for (const { keyId } of ours) await client.keys.revoke(keyId)
  return ours.length
}

async function remove(client: Client): Promise<void> {
  const { policies } = await client.policies.list()
  const ours = policies.filter(({ name }) => name.startsWith('demo-'))
  for (const { name } of ours) await client.policies.remove(name, { reason: 'npm run demo -- --remove' })
  const keys = await removeKeys(client)
  say(`Removed ${ours.length} policies and ${keys} client keys. What was recorded stays.`)
}

async function sendAll(
  sessions: readonly DemoSession[],
  { atOnce }: Options,
  {
    endpoint,
    keys,
    providerOf,
    signal,
    onSent,
  }: {
    endpoint: string
    keys: Map<string, string>
    providerOf: (model: string) => string | undefined
    signal: AbortSignal
    onSent: (sent: Sent) => void
  },
): Promise<void> {
  const waiting = sessions.values()
  const work = async () => {
    for (const session of waiting) {
      if (signal.aborted) return
      await sendSession(session, {
        endpoint,
        key: keys.get(session.app.key),
        provider: providerOf(session.model),
        signal,
        onSent,
      })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}

async function addHistory(
  { past, history, seed }: Options,
  client: Client,
  { sent, startedAt, signal }: { sent: Sent[]; startedAt: Date; signal: AbortSignal },
): Promise<void> {
  const sessions = await settledSessions(client, [...new Set(sent.map(({ session }) => session))], startedAt)
  if (sessions.length === 0) throw new DemoError('Nothing of what was sent is recorded yet; run it again')
  const random = createRandom(seed + 1)
  const span = { from: past!, until: startedAt }
  say(`Inventing ${history.toLocaleString('en-US')} exchanges from ${past!.toISOString()} on …`)
  let events = 0
  let exchanges = 0
  // A day ends with a whole session; what that was too many, the next days have fewer.
  let left = 0
  for (const { dayMs, exchanges: share } of shareOut(history, span.from, span.until)) {
    signal.throwIfAborted()
    for (left += share; left > 0; ) {
      const part = copyDay(random, sessions, Math.min(left, mostAtOnce), { day: dayMs, ...span })
      events += await importLines(client, part.lines, signal)
      exchanges += part.exchanges
      left -= part.exchanges
    }
  }
  say(`Imported ${events.toLocaleString('en-US')} events of ${exchanges.toLocaleString('en-US')} exchanges.`)
}

/** Exchanges that are copied in memory at the same time. */
const mostAtOnce = 5_000
const settleMs = 20_000

/** What was recorded, when as many exchanges have ended as were sent, or some time is over. */
async function settledSessions(client: Client, sessions: string[], from: Date) {
  const deadline = Date.now() + settleMs
  for (;;) {
    const { openExchanges } = await client.audit.summary()
    if (openExchanges === 0 || Date.now() > deadline) return readSessions(client, sessions, from)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

function links(client: Client, sent: Sent[], past: Date | undefined): void {
  const from = past ? `--from ${past.toISOString().slice(0, 10)}` : '--from 1h'
  const refused = sent.find(({ status, app }) => status === 403 && app !== 'market-research')
  const held = sent.findLast(({ status, app }) => status === 403 && app === 'market-research')
  const rows = [
    ['in the browser', client.url],
    ['figures', `npx airs overview ${from}`],
    ['who spends', `npx airs usage key ${from}`],
    ['exchanges', `npx airs exchanges --tag demo`],
    ['refused ones', 'npx airs exchanges --tag demo --decision block'],
    ...(refused?.exchange ? [['why one was', `npx airs exchanges show ${refused.exchange}`]] : []),
    ...(held ? [['in quarantine', `npx airs sessions show ${held.session} --lineage`]] : []),
    ['what was changed', 'npx airs changes --from 1h'],
    ['undo', 'npm run demo -- --remove'],
  ]
  say('\nLook at it:')
  for (const [name, command] of rows) say(`  ${name!.padEnd(18)}${command}`)
}

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => interrupted.abort(new DemoError('Interrupted.')))
// Whoever reads no further, such as `head`, ends nothing: the mode is still to be set as it was.
process.stdout.on('error', () => {})
try {
  const options = readOptions(process.argv.slice(2))
  if (!options) say(usage)
  else {
    await using client = openClient()
    await (options.remove ? remove(client) : run(options, client, interrupted.signal))
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}
