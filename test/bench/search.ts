import { parseArgs } from 'node:util'
import { openDatabase } from '@airs-cp/postgres'
import { type Kysely, sql } from 'kysely'
import { type EventQuery, findEvents } from '../../services/audit/find-events.ts'
import { type ExchangeFilter, findExchanges } from '../../services/audit/search/find-exchanges.ts'
import type { LabelKind } from '../../services/audit/search/labels.ts'
import { labelKinds, labelNumber } from '../../services/audit/search/labels.ts'
import type { AuditTables } from '../../services/audit/tables.ts'
import { startServers } from '../support/servers.ts'

const { values: options } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, pages: { type: 'string', default: '100' } },
})
const exchanges = Math.ceil(Number(options.events) / 2)
const pages = Number(options.pages)
const days = 30
const startMs = Date.UTC(2026, 0, 1)
const stepMs = (days * 86_400_000) / exchanges

const report = (text: string) =>
  console.log(`${(performance.now() / 1_000).toFixed(0).padStart(5)} s  ${text}`)

/** What an exchange of number `i` has, as expressions of SQL. */
const values: Record<LabelKind, string> = {
  session: `'session-' || i / 10`,
  agent: `'agent-' || i * 7919 % 23`,
  // One model is of the oldest days alone, and one of a twentieth of them.
  model: `case when i < ${Math.ceil(exchanges / 20)} and i % 2 = 0 then 'old-model' else 'model-' || i * 7907 % 11 * (i * 7907 % 3) end`,
  provider: `'provider-' || i % 3`,
  key: `'key-' || i * 7883 % 199`,
  credential: `null`,
  tag: `'tag-' || i * 7877 % 997`,
  policy: `case when i % 50 = 0 then 'policy-' || i / 50 % 13 end`,
  finding: `case when i % 50 = 0 then 'TYPE_' || i / 50 % 40 end`,
  decision: `case when i % 5000 = 0 then 'block' when i % 50 = 0 then 'redact' else 'allow' end`,
  status: `case when i % 5000 = 0 then 403 when i % 777 = 0 then 502 else 200 end`,
  state: `case when i % 5000 = 0 then 'request-blocked' when i % 777 = 0 then 'failed' else 'completed' end`,
}
const at = `timestamptz 'epoch' + (${startMs} + i * ${stepMs}) * interval '1 ms'`
const id = (kind: string) =>
  `(lpad(to_hex((${startMs} + i * ${stepMs})::bigint), 12, '0') || '7' || lpad(to_hex(i % 4096), 3, '0') || '8'
    || substr(md5('${kind}' || i), 1, 15))::uuid`

/** Rows go in first and indexes are made afterwards, as a restore does it. */
async function fill(database: Kysely<AuditTables>): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(database)
  await run('set statement_timeout = 0')
  const { rows: indexes } = await sql<{
    name: string
    definition: string
    constraint: string | null
    table: string
  }>`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition,
      c.conname as constraint, i.indrelid::regclass::text as table
    from pg_index i left join pg_constraint c on c.conindid = i.indexrelid
    where i.indrelid in ('audit.events'::regclass, 'audit.exchanges'::regclass, 'audit.exchange_labels'::regclass,
      'audit.exchange_words'::regclass)`.execute(database)
  for (const { name, constraint, table } of indexes)
    await run(constraint ? `alter table ${table} drop constraint "${constraint}"` : `drop index ${name}`)
  await run('alter table audit.events disable trigger user')
  await run(`create unlogged table numbers as select i::bigint from generate_series(0, ${exchanges - 1}) i`)
  const event = (kind: string) =>
    `'{"specversion":"1.0","type":"airs.${kind}.v1","data":{"text":"' || repeat(md5(i::text), 8) || '"}}'`
  for (const kind of ['request-received', 'response-completed'])
    await run(`insert into audit.events (id, type, tenant, session, exchange, journal, sequence, time, event)
      select ${id(kind)}, 'airs.' || case when i % 5000 = 0 then 'request-blocked' else '${kind}' end || '.v1', 'default',
        ${values.session}, ${id('x')}::text, 'journal', 2 * i + ${kind === 'request-received' ? 1 : 2}, ${at}, ${event(kind)}
      from numbers`)
  report('events')
  await run(`insert into audit.exchanges (exchange, tenant, session, state, requested_at, ended_at, provider, model, agent,
      key_id, tags, decision, policies, verdicts, findings, finding_types, status)
    select ${id('x')}, 'default', ${values.session}, ${values.state}, ${at}, ${at}, ${values.provider}, ${values.model},
      ${values.agent}, ${values.key}, array[${values.tag}], ${values.decision},
      array_remove(array[${values.policy}], null), array_remove(array[${values.policy}], null), 1, array_remove(array[${values.finding}], null), ${values.status}
    from numbers`)
  report('exchanges')
  await run('create unlogged table label_numbers (kind text, value text, label bigint)')
  for (const kind of labelKinds) {
    const { rows } = await sql<{ value: string }>`
      select distinct (${sql.raw(values[kind])})::text as value from numbers where ${sql.raw(values[kind])} is not null`.execute(
      database,
    )
    for (let from = 0; from < rows.length; from += 5_000) {
      const some = rows.slice(from, from + 5_000).map(({ value }) => value)
      await sql`insert into label_numbers select ${kind}, * from unnest(${some}::text[],
        ${some.map((value) => labelNumber(kind, value))}::bigint[])`.execute(database)
    }
  }
  await run(`insert into audit.search_values select kind, value from label_numbers where kind <> 'session'`)
  await run('create index on label_numbers (kind, value)')
  await run('analyze label_numbers')
  for (const kind of labelKinds)
    await run(`insert into audit.exchange_labels select l.label, ${id('x')} from numbers
      join label_numbers l on l.kind = '${kind}' and l.value = (${values[kind]})::text`)
  report('labels')
  await run(`insert into audit.exchange_words (exchange, words)
    select ${id('x')}, array_to_tsvector(array['#' || (i + 1) / 8192, 'every', 'word' || i % 100, 'word' || 100 + i * 7919 % 1000,
      'word' || 1100 + i * 7907 % 10000, 'word' || 11100 + i * 7901 % 50000, 'rare' || i / 1000]
      || array(select 'filler' || (i * f) % 20011 from generate_series(1, 20) f))
    from numbers order by i`)
  report('words')
  for (const { name, definition, constraint, table } of indexes) {
    const made = definition.replace(/ ON ONLY /, ' ON ')
    await run(made)
    if (constraint && / UNIQUE /.test(made))
      await run(
        `alter table ${table} add unique using index "${name.split('.').at(-1)!.replaceAll('"', '')}"`,
      )
    report(name)
  }
  for (const table of ['events', 'exchanges', 'exchange_labels', 'exchange_words'])
    await run(`vacuum analyze audit.${table}`)
  report('statistics')
}

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
  const admin = openDatabase<AuditTables>({ url: servers.adminUrl, name: 'bench', max: 1 })
  await fill(admin)
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
