import { type AnyEvent, actions } from '@airs-cp/events'
import { type Kysely, sql, type Transaction } from 'kysely'
import { holdOffStoring } from '../erasure/erasures.ts'
import { type Counted, countedColumns } from '../figures/contribution.ts'
import { noteFigures } from '../figures/fold-figures.ts'
import type { AuditTables } from '../tables.ts'
import { type ExchangeRow, exchangeRows } from './exchange-rows.ts'
import { type LabelKind, labelNumber, labelValues, listedKinds } from './labels.ts'
import type { SearchTables } from './tables.ts'

/** Of one kind. A filter for a value that is not listed for this reason finds nothing, without an error. */
export const mostValues = 1_000

/**
 * Brings the search up to date with events, whatever their order. It must get each event once: findings are counted.
 * What was said is indexed later, by `indexWords`.
 */
export async function indexExchanges(
  transaction: Transaction<AuditTables>,
  events: readonly AnyEvent[],
): Promise<void> {
  const rows = exchangeRows(events)
  if (rows.length === 0) return
  const stored = await storeRows(transaction, rows)
  const labelled = rows.map((row) => ({ ...row, ...whole(stored, row) }))
  await storeLabels(transaction, labelled)
  await noteValues(transaction, labelled)
  const ended = labelled.filter(({ state }) => state !== 'open').map(({ exchange }) => exchange)
  if (ended.length > 0)
    await sql`insert into audit.words_pending select unnest(${ended}::uuid[])`.execute(transaction)
}

/** What of a row depends on all events of its exchange, some of which came before. */
function whole(
  stored: ReadonlyMap<string, Stored>,
  { exchange }: ExchangeRow,
): Pick<ExchangeRow, 'state' | 'decision'> {
  const { state, decision } = stored.get(exchange)!
  return { state, decision }
}

const columns = {
  exchange: 'uuid',
  tenant: 'text',
  session: 'text',
  state: 'text',
  requested_at: 'timestamptz',
  ended_at: 'timestamptz',
  format: 'text',
  path: 'text',
  provider: 'text',
  operation: 'text',
  model: 'text',
  answered_model: 'text',
  agent: 'text',
  caller: 'text',
  key_id: 'text',
  key_name: 'text',
  credential: 'text',
  tags: 'text[]',
  decision: 'text',
  policies: 'text[]',
  verdicts: 'text[]',
  findings: 'integer',
  finding_types: 'text[]',
  status: 'integer',
  error_code: 'text',
  input_tokens: 'bigint',
  output_tokens: 'bigint',
  cost_usd_micros: 'bigint',
  duration_ms: 'double precision',
} satisfies Record<keyof ExchangeRow, string>
const names = sql.raw(Object.keys(columns).join(', '))
const types = sql.raw(
  Object.entries(columns)
    .map((column) => column.join(' '))
    .join(', '),
)
const counted = sql.raw(countedColumns.join(', '))

type Stored = Counted & { exchange: string; isNew: boolean }

/** Stores what is new of exchanges, and notes how that changes the figures. @returns the exchanges as they are now, by id. */
async function storeRows(
  transaction: Transaction<AuditTables>,
  rows: ExchangeRow[],
): Promise<ReadonlyMap<string, Stored>> {
  const exchanges = rows.map(({ exchange }) => exchange)
  const { rows: known } = await sql<Stored>`select exchange, ${counted} from audit.exchanges
    where exchange = any(${exchanges}::uuid[]) order by exchange for update`.execute(transaction)
  const before = new Map(known.map((row) => [row.exchange, row]))
  const { rows: stored } = await sql<Stored>`insert into audit.exchanges as present (${names})
    select ${names} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (${types})
    on conflict (exchange) do update set
      session = coalesce(excluded.session, present.session),
      state = case when ${rank('excluded')} >= ${rank('present')} then excluded.state else present.state end,
      requested_at = coalesce(excluded.requested_at, present.requested_at),
      ended_at = coalesce(excluded.ended_at, present.ended_at),
      format = coalesce(excluded.format, present.format),
      path = coalesce(excluded.path, present.path),
      provider = coalesce(excluded.provider, present.provider),
      operation = coalesce(excluded.operation, present.operation),
      model = coalesce(excluded.model, present.model),
      answered_model = coalesce(excluded.answered_model, present.answered_model),
      agent = coalesce(excluded.agent, present.agent),
      caller = coalesce(excluded.caller, present.caller),
      key_id = coalesce(excluded.key_id, present.key_id),
      key_name = coalesce(excluded.key_name, present.key_name),
      credential = coalesce(excluded.credential, present.credential),
      tags = ${united('tags')},
      decision = case when ${strength('excluded')} >= ${strength('present')} then excluded.decision else present.decision end,
      policies = ${united('policies')},
      verdicts = ${united('verdicts')},
      findings = present.findings + excluded.findings,
      finding_types = ${united('finding_types')},
      status = coalesce(excluded.status, present.status),
      error_code = coalesce(excluded.error_code, present.error_code),
      input_tokens = coalesce(excluded.input_tokens, present.input_tokens),
      output_tokens = coalesce(excluded.output_tokens, present.output_tokens),
      cost_usd_micros = coalesce(excluded.cost_usd_micros, present.cost_usd_micros),
      duration_ms = coalesce(excluded.duration_ms, present.duration_ms)
    returning exchange, xmax = 0 as "isNew", ${counted}`.execute(transaction)
  const overtaken = stored.find(({ exchange, isNew }) => !isNew && !before.has(exchange))
  if (overtaken) throw new OvertakenError(overtaken.exchange)
  await noteFigures(
    transaction,
    stored.map((after) => ({ before: before.get(after.exchange), after })),
  )
  return new Map(stored.map((row) => [row.exchange, row]))
}

/** Another transaction has stored the same exchange meanwhile. `code` is that of Postgres, for such a case: to be tried again. */
class OvertakenError extends Error {
  override name = 'OvertakenError'
  code = '40001'

  constructor(exchange: string) {
    super(`Exchange ${exchange} was stored by another transaction at the same time`)
  }
}

type Side = 'excluded' | 'present'

function rank(side: Side) {
  return sql`case ${sql.ref(`${side}.state`)} when 'open' then 0 when 'abandoned' then 1 else 2 end`
}

function strength(side: Side) {
  return sql`coalesce(array_position(${[...actions]}::text[], ${sql.ref(`${side}.decision`)}), 0)`
}

function united(column: 'tags' | 'policies' | 'verdicts' | 'finding_types') {
  const [present, excluded] = [sql.ref(`present.${column}`), sql.ref(`excluded.${column}`)]
  return sql`case when ${excluded} <@ ${present} then ${present}
    else array(select distinct unnest(${present} || ${excluded}) order by 1) end`
}

async function storeLabels(transaction: Transaction<SearchTables>, rows: ExchangeRow[]): Promise<void> {
  const labels: string[] = []
  const exchanges: string[] = []
  for (const row of rows)
    for (const [kind, values] of Object.entries(labelValues(row)))
      for (const value of values) {
        labels.push(labelNumber(kind as 'session', value))
        exchanges.push(row.exchange)
      }
  await sql`insert into audit.exchange_labels (label, exchange)
    select unnest(${labels}::bigint[]), unnest(${exchanges}::uuid[]) on conflict do nothing`.execute(
    transaction,
  )
}

/** Known to be stored and committed, or to be too many. */
const noted = new Set<string>()
const mostNoted = 10_000

async function noteValues(transaction: Transaction<SearchTables>, rows: ExchangeRow[]): Promise<void> {
  const kinds: string[] = []
  const values: string[] = []
  const names = new Set<string>()
  for (const row of rows) {
    const all = labelValues(row)
    for (const kind of listedKinds)
      for (const value of all[kind]) {
        const name = `${kind}\n${value}`
        if (noted.has(name) || names.has(name)) continue
        kinds.push(kind)
        values.push(value)
        names.add(name)
      }
  }
  if (names.size === 0) return
  const { rows: added } = await sql<{ kind: string; value: string }>`insert into audit.search_values
    select kind, value from unnest(${kinds}::text[], ${values}::text[]) as new (kind, value)
    where (select count(*) from audit.search_values v where v.kind = new.kind) < ${mostValues}
    on conflict do nothing returning kind, value`.execute(transaction)
  const uncommitted = new Set(added.map(({ kind, value }) => `${kind}\n${value}`))
  if (noted.size + names.size > mostNoted) noted.clear()
  for (const name of names) if (!uncommitted.has(name)) noted.add(name)
}

/**
 * Forgets values that no exchange has any more, so that others take their place in the lists. Events are stored again when the transaction
 * is over.
 */
export async function forgetValues(transaction: Transaction<AuditTables>): Promise<void> {
  const unused = await findUnused(
    transaction,
    await transaction.selectFrom('audit.search_values').selectAll().execute(),
  )
  if (unused.length === 0) return
  await holdOffStoring(transaction)
  const still = await findUnused(transaction, unused)
  await sql`delete from audit.search_values v
    using unnest(${still.map(({ kind }) => kind)}::text[], ${still.map(({ value }) => value)}::text[]) as gone (kind, value)
    where v.kind = gone.kind and v.value = gone.value`.execute(transaction)
  noted.clear()
}

type Value = { kind: string; value: string }

async function findUnused(transaction: Transaction<AuditTables>, values: Value[]): Promise<Value[]> {
  const byLabel = new Map(values.map((one) => [labelNumber(one.kind as LabelKind, one.value), one]))
  const { rows } = await sql<{ label: string }>`
    select label::text as label from unnest(${[...byLabel.keys()]}::bigint[]) as label
    where (select l.exchange from audit.exchange_labels l where l.label = label.label limit 1) is null`.execute(
    transaction,
  )
  return rows.map(({ label }) => byLabel.get(label)!)
}

/** Values of a kind that exist, in their order. */
export async function knownValues(database: Kysely<SearchTables>, kind: string): Promise<string[]> {
  const rows = await database
    .selectFrom('audit.search_values')
    .select('value')
    .where('kind', '=', kind)
    .orderBy('value')
    .limit(mostValues)
    .execute()
  return rows.map(({ value }) => value)
}
