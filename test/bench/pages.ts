import { parseArgs } from 'node:util'
import { openDatabase } from '@airs-cp/postgres'
import { startStack } from '../../infra/local/stack.ts'
import { readSetupConfig } from '../../infra/setup/config.ts'
import { setUp } from '../../infra/setup/setup.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'
import { exchangesPerSession, fillAudit, fillFigures, fillLineage } from './fill-store.ts'

const { values: options } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, times: { type: 'string', default: '20' } },
})
const exchanges = Math.ceil(Number(options.events) / 2)
const times = Number(options.times)
const days = 30
const dayMs = 86_400_000
const now = Date.now()
const size = { exchanges, startMs: now - days * dayMs, days }

const directory = makeTemporaryDirectory()
const stack = await startStack({
  dataDir: directory.path,
  ports: 'free',
  env: { ...process.env, AIRS_PROVIDER: 'mock', AIRS_LOG: 'warn' },
  setup: async (env) => {
    await setUp(readSetupConfig(env))
    const database = openDatabase<AuditTables>({
      url: env.DATABASE_URL!,
      name: 'bench',
      max: 1,
      isPatient: true,
    })
    await fillAudit(database, size)
    await fillFigures(database, size)
    await fillLineage(database)
    await database.destroy()
  },
})

async function ask<Reply>(path: string): Promise<Reply> {
  const response = await fetch(`${stack.urls.console}${path}`, {
    headers: { authorization: `Bearer ${stack.token}` },
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${text}`)
  return JSON.parse(text) as Reply
}

try {
  const since = (age: number) => `from=${new Date(now - age * dayMs).toISOString()}`
  const session = `session-${Math.floor(exchanges / exchangesPerSession / 2)}`
  const { exchanges: newest } = await ask<{ exchanges: { exchange: string }[] }>('/v1/exchanges?limit=50')
  const exchange = newest[7]!.exchange
  const pages: Record<string, readonly string[]> = {
    overview: [
      '/v1/overview',
      `/v1/overview?${since(7)}`,
      `/v1/overview?${since(days)}`,
      '/v1/exchanges/errors?limit=8',
      '/v1/log',
    ],
    traffic: [
      '/v1/exchanges?limit=50',
      `/v1/exchanges?limit=50&${since(1)}&decision=block`,
      '/v1/exchanges/values',
    ],
    exchange: [`/v1/exchanges/${exchange}`, `/v1/events?exchange=${exchange}`],
    sessions: [
      '/v1/sessions?limit=50',
      `/v1/sessions?limit=50&until=${new Date(now - 20 * dayMs).toISOString()}`,
      `/v1/sessions/${session}`,
    ],
    policies: ['/v1/policies', '/v1/mode', '/v1/mode/history'],
    agents: ['/v1/agents', '/v1/anomalies?limit=100', '/v1/quarantine?limit=200', '/v1/mcp/servers'],
    keys: ['/v1/keys', '/v1/usage/key', `/v1/usage/key?${since(days)}`],
    exports: ['/v1/exports', '/v1/erasures', '/v1/audit'],
    health: ['/v1/ingresses', '/v1/alerts?limit=100', '/v1/changes?limit=50', '/v1/dead-letters/audit'],
  }
  console.log(`\n${2 * exchanges} events, each asked ${times} times, milliseconds:`)
  for (const [page, paths] of Object.entries(pages))
    for (const path of paths) {
      const taken: number[] = []
      for (let time = 0; time < times; time++) {
        const startedAtMs = performance.now()
        await ask(path)
        taken.push(performance.now() - startedAtMs)
      }
      const sorted = taken.toSorted((a, b) => a - b)
      const ms = (value: number) => value.toFixed(0).padStart(6)
      const shown = path.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T').replace(exchange, 'ID')
      console.log(
        `${page.padEnd(10)}${shown.padEnd(52)}${ms(taken[0]!)} first${ms(sorted[Math.floor(times / 2)]!)} p50${ms(sorted.at(-1)!)} most`,
      )
    }
} finally {
  await stack.stop()
  directory.remove()
}
