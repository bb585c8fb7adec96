import { parseArgs } from 'node:util'
import { openDatabase } from '@airs-cp/postgres'
import { sql } from 'kysely'
import { type EventQuery, findEvents } from '../../services/audit/find-events.ts'
import { type ExchangeFilter, findExchanges } from '../../services/audit/search/find-exchanges.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { startServers } from '../support/servers.ts'
import { fillAudit, report } from './fill-store.ts'

const { values: options } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, pages: { type: 'string', default: '100' } },
})
const exchanges = Math.ceil(Number(options.events) / 2)
const pages = Number(options.pages)
const days = 30
const startMs = Date.UTC(2026, 0, 1)

const range = { from: new Date(startMs + 3 * 86_400_000), until: new Date(startMs + 4 * 86_400_000) }
const searches: Record<string, ExchangeFilter> = {
  'no filter': {},
  'a day, 27 days back': range,
  'a session': { session: 'session-1234' },
  'a frequent model': { model: 'model-0' },
  'a model of the oldest days': { model: 'old-model' },
  'a tag (0.1 %)': { tag: 'tag-5' },
  'a key (0.5 %)': { key: 'key-7' },
  'a finding type (0.05 %)': { finding: 'TYPE_7' },
  blocked: { decision: 'block' },
  'status 502': { status: '502' },
  'model and key': { model: 'model-0', key: 'key-7' },
  'model and key that never meet': { model: 'old-model', decision: 'block', policy: 'policy-1' },
  'agent, tag and a day': { agent: 'agent-5', tag: 'tag-5', ...range },
  'a word of all': { text: 'every' },
  'a word of 1 %': { text: 'word7' },
  'a word of 0.01 %': { text: 'word2000' },
  'a word of a thousand exchanges': { text: 'rare3' },
  'two words': { text: 'word7 word107' },
  'a word and a model': { text: 'word7', model: 'model-0' },
  'no such word': { text: 'nothing' },
}
const eventSearches: Record<string, Omit<EventQuery, 'limit'>> = {
  'events, no filter': { order: 'descending' },
  'events of a type (0.02 %)': { order: 'descending', type: 'airs.request-blocked.v1' },
  'events of no such type': { order: 'descending', type: 'airs.key-revoked.v1' },
  'events of a day, 27 days back': { order: 'descending', ...range },
  'events of a type and a day': { order: 'descending', type: 'airs.request-blocked.v1', ...range },
  'events of a session': { order: 'descending', session: 'session-1234' },
}

async function measure(name: string, page: () => Promise<number>): Promise<void> {
  const times: number[] = []
  let found = 0
  for (let one = 0; one < pages; one++) {
    const startedAtMs = performance.now()
    found += await page()
    times.push(performance.now() - startedAtMs)
  }
  const sorted = times.toSorted((a, b) => a - b)
  const ms = (value: number) => value.toFixed(1).padStart(8)
  const quantile = (share: number) => ms(sorted[Math.ceil(share * sorted.length) - 1]!)
  console.log(
    `${name.padEnd(36)}${ms(times[0]!)} first${quantile(0.5)} p50${quantile(0.99)} p99  ${found} found`,
  )
}

const servers = await startServers()
try {
  const admin = openDatabase<AuditTables>({ url: servers.adminUrl, name: 'bench', max: 1, isPatient: true })
  await fillAudit(admin, { exchanges, startMs, days })
  const { rows } = await sql<{ table: string; mb: number }>`
    select relname as table, pg_total_relation_size(oid) / 1000000 as mb from pg_class
    where relkind = 'r' and relnamespace = 'audit'::regnamespace and reltuples > 1000 order by 2 desc`.execute(
    admin,
  )
  for (const { table, mb } of rows) report(`${table}: ${mb} MB`)
  await admin.destroy()
  const database = openDatabase<AuditTables>({
    url: servers.databaseUrl('airs_audit'),
    name: 'bench',
    max: 2,
  })
  console.log(`\n${2 * exchanges} events, pages of 50, ${pages} of each search, milliseconds:`)
  for (const [name, filter] of Object.entries(searches)) {
    let after: string | undefined
    await measure(name, async () => {
      const { exchanges: found, next } = await findExchanges(database, { ...filter, limit: 50, after })
      after = next ?? undefined
      return found.length
    })
  }
  for (const [name, query] of Object.entries(eventSearches)) {
    let after: number | undefined
    await measure(name, async () => {
      const found = await findEvents(database, { ...query, limit: 50, ...(after !== undefined && { after }) })
      after = found.at(-1)?.position
      return found.length
    })
  }
  await database.destroy()
} finally {
  await servers.stop()
}
