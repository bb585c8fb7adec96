import { type Kysely, sql } from 'kysely'
import { failedStates } from '../../libs/events/exchange-state.ts'
import { type FigureKind, latencyBuckets, timedKinds } from '../../services/audit/figures/contribution.ts'
import { mostValues, stepsSeconds } from '../../services/audit/figures/fold-figures.ts'
import { minutesKeptDays } from '../../services/audit/figures/time-steps.ts'
import { type LabelKind, labelKinds, labelNumber } from '../../services/audit/search/labels.ts'
import type { AuditTables } from '../../services/audit/tables.ts'

/** What a store is to have: so many exchanges of two events, evenly over the days from `startMs` (Unix) on. */
export type StoreSize = { exchanges: number; startMs: number; days: number }

export const report = (text: string) =>
  console.log(`${(performance.now() / 1_000).toFixed(0).padStart(5)} s  ${text}`)

export const exchangesPerSession = 10

/** Expressions of SQL over the number `i` of an exchange. */
function expressionsOf({ exchanges, startMs, days }: StoreSize) {
  const stepMs = (days * 86_400_000) / exchanges
  const values: Record<LabelKind, string> = {
    session: `'session-' || i / ${exchangesPerSession}`,
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
  return { values, at, id, exchange: id('x') }
}

type Run = (text: string) => Promise<unknown>

/**
 * Events, exchanges, labels and words, as audit has them. Rows go in first and indexes are made afterwards, as
 * a restore does it.
 * @param database one that is patient: an index of ten million events takes minutes.
 */
export async function fillAudit(database: Kysely<AuditTables>, size: StoreSize): Promise<void> {
  const { values, at, id, exchange } = expressionsOf(size)
  const run: Run = (text) => sql.raw(text).execute(database)
  const makeIndexes = await takeIndexes(database, [
    'audit.events',
    'audit.exchanges',
    'audit.exchange_labels',
    'audit.exchange_words',
  ])
  await run('alter table audit.events disable trigger user')
  await run(
    `create unlogged table numbers as select i::bigint from generate_series(0, ${size.exchanges - 1}) i`,
  )
  const event = (kind: string) =>
    `'{"specversion":"1.0","type":"airs.${kind}.v1","data":{"text":"' || repeat(md5(i::text), 8) || '"}}'`
  for (const kind of ['request-received', 'response-completed'])
    await run(`insert into audit.events (id, type, tenant, session, exchange, journal, sequence, time, event)
      select ${id(kind)}, 'airs.' || case when i % 5000 = 0 then 'request-blocked' else '${kind}' end || '.v1', 'default',
        ${values.session}, ${exchange}::text, 'journal', 2 * i + ${kind === 'request-received' ? 1 : 2}, ${at}, ${event(kind)}
      from numbers`)
  report('events')
  await run(`insert into audit.exchanges (exchange, tenant, session, state, requested_at, ended_at, provider, model, agent,
      key_id, tags, decision, policies, verdicts, findings, finding_types, status, input_tokens, output_tokens,
      cost_usd_micros, duration_ms)
    select ${exchange}, 'default', ${values.session}, ${values.state}, ${at}, ${at}, ${values.provider}, ${values.model},
      ${values.agent}, ${values.key}, array[${values.tag}], ${values.decision},
      array_remove(array[${values.policy}], null),
      array_remove(array[${values.policy} || E'\\n' || ${values.decision} || E'\\nenforced'], null),
      case when i % 50 = 0 then 1 else 0 end, array_remove(array[${values.finding}], null), ${values.status},
      400 + i % 800, 100 + i % 300, 900 + i % 2000, 300 + i % 2700
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
    await run(`insert into audit.exchange_labels select l.label, ${exchange} from numbers
      join label_numbers l on l.kind = '${kind}' and l.value = (${values[kind]})::text`)
  report('labels')
  await run(`insert into audit.exchange_words (exchange, words)
    select ${exchange}, array_to_tsvector(array['#' || (i + 1) / 8192, 'every', 'word' || i % 100, 'word' || 100 + i * 7919 % 1000,
      'word' || 1100 + i * 7907 % 10000, 'word' || 11100 + i * 7901 % 50000, 'rare' || i / 1000]
      || array(select 'filler' || (i * f) % 20011 from generate_series(1, 20) f))
    from numbers order by i`)
  report('words')
  await makeIndexes()
  for (const table of ['events', 'exchanges', 'exchange_labels', 'exchange_words'])
    await run(`vacuum analyze audit.${table}`)
  report('statistics')
}

/** The figures of what `fillAudit` has stored, at every step. */
export async function fillFigures(
  database: Kysely<AuditTables>,
  { startMs, days }: StoreSize,
): Promise<void> {
  const run: Run = (text) => sql.raw(text).execute(database)
  const makeIndexes = await takeIndexes(database, ['audit.figures'])
  const minutesFrom = startMs / 1_000 + (days - minutesKeptDays) * 86_400
  const failed = `state in (${[...failedStates].map((state) => `'${state}'`).join(', ')}) or status >= 400`
  const kinds: Record<string, string> = {
    all: `array['']`,
    agent: 'array[agent]',
    key: 'array[key_id]',
    model: 'array[model]',
    provider: 'array[provider]',
    tag: 'tags',
    policy: 'policies',
    verdict: 'verdicts',
    finding: 'finding_types',
    decision: 'array[decision]',
    state: 'array[state]',
  }
  const bucket = `least(ceil(4 * log(2::numeric, duration_ms::numeric)), ${latencyBuckets - 1})`
  for (const [kind, list] of Object.entries(kinds)) {
    await run(`insert into audit.figure_values
      select distinct '${kind}', value from audit.exchanges, unnest(${list}) as value limit ${mostValues}`)
    for (const step of stepsSeconds) {
      const at = `to_timestamp(floor(extract(epoch from requested_at) / ${step}) * ${step})`
      const isTimed = timedKinds.has(kind as FigureKind)
      const latencies = isTimed
        ? `array(select coalesce((jsonb_object_agg(bucket, n) ->> number::text)::bigint, 0)
            from generate_series(0, ${latencyBuckets - 1}) number)`
        : 'null::bigint[]'
      await run(`insert into audit.figures (step_seconds, kind, value, at, exchanges, open, failed, input_tokens, output_tokens,
          cost_usd_micros, latencies)
        select ${step}, '${kind}', value, at, sum(n), 0, sum(failed), sum(input), sum(output), sum(cost),
          ${latencies}
        from (
          select value, ${at} as at, ${isTimed ? bucket : '0'} as bucket, count(*) as n,
            count(*) filter (where ${failed}) as failed, sum(input_tokens) as input, sum(output_tokens) as output,
            sum(cost_usd_micros) as cost
          from audit.exchanges, unnest(${list}) as value
          ${step === 60 ? `where requested_at >= to_timestamp(${minutesFrom})` : ''}
          group by 1, 2, 3
        ) by_bucket group by value, at`)
    }
  }
  await makeIndexes()
  await run('vacuum analyze audit.figures')
  report('figures')
}

/** Sessions and exchanges as lineage has them. */
export async function fillLineage(database: Kysely<AuditTables>): Promise<void> {
  const run: Run = (text) => sql.raw(text).execute(database)
  await run(`insert into lineage.sessions (session, name, caller, tenant, started_at, last_active_at)
    select session, session, '', 'default', min(requested_at), max(ended_at) from audit.exchanges group by session`)
  await run(`insert into lineage.exchanges (exchange, session, tenant, state, format, path, provider, model, stream, agent,
      tags, request_action, requested_at, response_action, ended_at, status, input_tokens, output_tokens)
    select exchange, session, tenant, state, 'openai-chat', '/v1/chat/completions', provider, model, false, agent, tags,
      decision, requested_at, 'allow', ended_at, status, input_tokens, output_tokens from audit.exchanges`)
  for (const table of ['sessions', 'exchanges']) await run(`vacuum analyze lineage.${table}`)
  report('sessions')
}

/** Drops the indexes of these tables. @returns makes them again. */
async function takeIndexes(database: Kysely<AuditTables>, tables: readonly string[]) {
  const run: Run = (text) => sql.raw(text).execute(database)
  const { rows: indexes } = await sql<{
    name: string
    definition: string
    constraint: string | null
    table: string
  }>`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition,
      c.conname as constraint, i.indrelid::regclass::text as table
    from pg_index i left join pg_constraint c on c.conindid = i.indexrelid
    where i.indrelid = any(${tables}::regclass[])`.execute(database)
  for (const { name, constraint, table } of indexes)
    await run(constraint ? `alter table ${table} drop constraint "${constraint}"` : `drop index ${name}`)
  return async () => {
    for (const { name, definition, constraint, table } of indexes) {
      const made = definition.replace(/ ON ONLY /, ' ON ')
      await run(made)
      if (constraint && / UNIQUE /.test(made))
        await run(
          `alter table ${table} add unique using index "${name.split('.').at(-1)!.replaceAll('"', '')}"`,
        )
      report(name)
    }
  }
}
