import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventTypes } from '@airs-cp/events'
import { metaKeys } from '@airs-cp/mcp'
import { type Database, openDatabase } from '@airs-cp/postgres'
import { type Stack, startStack } from '../../infra/local/stack.ts'
import { createLedger, missingFrom } from '../fault/ledger.ts'
import { createRandom } from '../fault/random.ts'
import { readRecorded } from '../fault/read-recorded.ts'
import { makeTemporaryDirectory, type TemporaryDirectory } from '../support/temporary-directory.ts'
import { withoutSettings } from '../support/without-settings.ts'

/** Calls that are to reach their client; `npm run test:mcp -- kills --calls 100000` is the long form. */
const wanted = Number(process.env.AIRS_TEST_MCP_CALLS ?? 1_000)
const isLong = wanted > 10_000
const limitMs = Math.max(900_000, wanted * 60)
const clients = isLong ? 16 : 8
const pauseMs = isLong ? [2_000, 15_000] : [500, 2_500]
/** After the last call and the last kill, until everything recorded is in Postgres. */
const settlingLimitMs = 360_000
const victims = ['ingress', 'nats', 'postgres'] as const
/** Longer than any process takes to be back: until then an outcome may be waiting in a journal. */
const abandonAfterMs = 120_000

let directory: TemporaryDirectory
let server: Awaited<ReturnType<typeof startCountingServer>>
let stack: Stack
let database: Database<unknown>

before(async () => {
  directory = makeTemporaryDirectory()
  server = await startCountingServer()
  const file = join(directory.path, 'mcp.yaml')
  writeFileSync(
    file,
    `servers:
  with-sessions: { url: ${server.url}, revision: 2025-06-18 }
  stateless: { url: ${server.url}, revision: 2026-07-28 }
`,
  )
  stack = await startStack({
    dataDir: join(directory.path, 'data'),
    ports: 'free',
    env: {
      ...withoutSettings(process.env),
      AIRS_PROVIDER: 'mock',
      AIRS_MCP_FILE: file,
      AIRS_ABANDON_AFTER_MS: String(abandonAfterMs),
    },
  })
  database = openDatabase<unknown>({ url: stack.databaseUrl, name: 'kills', max: 2 })
})
after(async () => {
  await database?.destroy()
  await stack?.stop()
  await server?.stop()
  directory?.remove()
})

test(`${wanted} calls of tools under kill -9 of ${victims.join(', ')}: none lost, unpaired or doubled`, {
  timeout: limitMs,
}, async (t) => {
  const random = createRandom(Date.now() % 2 ** 32)
  const finished = new Map<string, string>()
  let sent = 0
  let isDone = false

  async function client(number: number): Promise<void> {
    const connection = connect(number % 2 === 0 ? 'with-sessions' : 'stateless')
    while (finished.size < wanted) {
      const marker = randomUUID()
      sent++
      const exchange = await connection.call(marker)
      if (exchange === undefined) await sleep(50)
      else finished.set(marker, exchange)
      if (isLong && exchange !== undefined && finished.size % 5_000 === 0)
        console.log(`${finished.size} of ${wanted} calls finished, killed: ${JSON.stringify(killed())}`)
    }
  }

  const kills = new Map<string, number>(victims.map((name) => [name, 0]))
  const killed = () => Object.fromEntries(kills)
  async function killing(): Promise<void> {
    for (let turn = 0; !isDone || turn < victims.length; turn++) {
      await sleep(random.between(pauseMs[0]!, pauseMs[1]!))
      const name = turn < victims.length ? victims[turn]! : victims[random.between(0, victims.length - 1)]!
      const victim = stack.process(name)
      const { pid } = victim
      victim.kill('SIGKILL')
      kills.set(name, kills.get(name)! + 1)
      while (victim.pid === undefined || victim.pid === pid) await sleep(50)
      await stack.ready()
    }
  }

  const calling = Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
  await Promise.all([calling.finally(() => (isDone = true)), killing()])

  const ledger = createLedger()
  const openExchanges = () =>
    [...ledger.exchanges.values()].filter(
      ({ openings, outcomes }) => openings[0]?.type === eventTypes.requestReceived && outcomes.length === 0,
    )
  const missing = () => [...finished].filter(([marker]) => ledger.byMarker.get(marker)?.outcomes.length !== 1)
  for (const deadline = Date.now() + settlingLimitMs; Date.now() < deadline; await sleep(500)) {
    await readRecorded({ database, ledger })
    if (openExchanges().length + missing().length === 0) break
  }

  const lost = [...finished].filter(([marker, exchange]) => {
    const recorded = ledger.byMarker.get(marker)
    return recorded?.exchange !== exchange || recorded.outcomes[0]?.type !== eventTypes.responseCompleted
  })
  const unrecorded = [...server.executed.keys()].filter(
    (marker) => ledger.byMarker.get(marker)?.openings[0]?.type !== eventTypes.requestReceived,
  )
  const doubled = [...server.executed].filter(([, times]) => times > 1)
  const unpaired = [...ledger.exchanges.values()].filter(
    ({ openings, outcomes }) =>
      openings.length !== 1 || outcomes.length !== (openings[0]!.type === eventTypes.requestReceived ? 1 : 0),
  )
  const gaps = [...ledger.journals.values()].flatMap(missingFrom)
  t.diagnostic(
    `${sent} calls sent, ${finished.size} finished, ${server.executed.size} executed, ${ledger.exchanges.size} exchanges; killed: ${JSON.stringify(killed())}`,
  )
  assert.deepEqual(
    { lost, unrecorded, doubled, unpaired, gaps, problems: ledger.problems },
    { lost: [], unrecorded: [], doubled: [], unpaired: [], gaps: [], problems: [] },
  )
})

/** A client of one server of the gateway. A call resolves with its exchange, or with nothing where it did not get its result. */
function connect(name: 'with-sessions' | 'stateless') {
  const isStateless = name === 'stateless'
  const version = isStateless ? '2026-07-28' : '2025-06-18'
  const agent = new Agent({ keepAlive: true })
  let session: string | undefined

  function post(message: object, headers: Record<string, string>) {
    return new Promise<{ status: number; headers: Record<string, unknown>; body: string } | undefined>(
      (resolve) => {
        const call = request(
          `${stack.urls.ingress}/mcp/${name}`,
          {
            method: 'POST',
            agent,
            timeout: 60_000,
            headers: {
              'content-type': 'application/json',
              accept: 'application/json, text/event-stream',
              'mcp-protocol-version': version,
              ...headers,
            },
          },
          (response) => {
            const chunks: Buffer[] = []
            response.on('data', (chunk: Buffer) => chunks.push(chunk))
            response.on('close', () =>
              resolve(
                response.complete
                  ? {
                      status: response.statusCode!,
                      headers: response.headers,
                      body: Buffer.concat(chunks).toString('utf8'),
                    }
                  : undefined,
              ),
            )
            response.on('error', () => resolve(undefined))
          },
        )
        call.on('timeout', () => call.destroy())
        call.on('error', () => resolve(undefined))
        call.end(JSON.stringify(message))
      },
    )
  }

  async function begin(): Promise<void> {
    const params = { protocolVersion: version, capabilities: {}, clientInfo: { name: 'kills', version: '1' } }
    const begun = await post({ jsonrpc: '2.0', id: 0, method: 'initialize', params }, {})
    session = begun?.headers['mcp-session-id'] as string | undefined
  }

  return {
    async call(marker: string): Promise<string | undefined> {
      if (!isStateless && session === undefined) await begin()
      if (!isStateless && session === undefined) return undefined
      const _meta = {
        [metaKeys.protocolVersion]: version,
        [metaKeys.clientInfo]: { name: 'kills', version: '1' },
        [metaKeys.clientCapabilities]: {},
      }
      const params = { name: 'echo', arguments: { marker }, ...(isStateless && { _meta }) }
      const responded = await post(
        { jsonrpc: '2.0', id: marker, method: 'tools/call', params },
        {
          'x-airs-tags': marker,
          ...(session !== undefined && { 'mcp-session-id': session }),
          ...(isStateless && { 'mcp-method': 'tools/call', 'mcp-name': 'echo' }),
        },
      )
      const isFinished = responded?.status === 200 && responded.body.includes(`"text":"${marker}"`)
      return isFinished ? String(responded.headers['x-airs-exchange-id']) : undefined
    },
  }
}

/** A server that counts how often it carried out each call. */
async function startCountingServer() {
  const executed = new Map<string, number>()
  const http = createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      if (incoming.method !== 'POST') return void response.writeHead(405).end()
      const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString('utf8'))
      if (id === undefined) return void response.writeHead(202).end()
      const result = (value: object, headers = {}) =>
        void response
          .writeHead(200, { 'content-type': 'application/json', ...headers })
          .end(JSON.stringify({ jsonrpc: '2.0', id, result: { resultType: 'complete', ...value } }))
      const serverInfo = { name: 'counting', version: '1' }
      const capabilities = { tools: {} }
      if (method === 'initialize')
        return result(
          { protocolVersion: params.protocolVersion, capabilities, serverInfo },
          { 'mcp-session-id': randomUUID() },
        )
      if (method === 'server/discover')
        return result({ supportedVersions: ['2026-07-28'], capabilities, serverInfo })
      if (method !== 'tools/call') return result({})
      const { marker } = params.arguments
      executed.set(marker, (executed.get(marker) ?? 0) + 1)
      result({ content: [{ type: 'text', text: marker }] })
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return {
    executed,
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    async stop() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
