import { firstIdAt, isUuid } from '@airs-cp/events'
import { wordQuery } from '@airs-cp/postgres'
import { ApiError } from '@airs-cp/runtime'
import { type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely'
import { knownValues, mostValues } from './index-exchanges.ts'
import { credentialStart, type LabelKind, labelKinds, labelNumber } from './labels.ts'
import type { SearchTables } from './tables.ts'

export type ExchangeFilter = Partial<Record<LabelKind, string | undefined>> & {
  from?: Date | undefined
  until?: Date | undefined
  /** What a policy asked for: an action, `enforced` or `observed`, or both with a colon between. */
  verdict?: string | undefined
  /** What was said, as people write a search: words, "phrases", or, -not. */
  text?: string | undefined
}

export type ExchangeQuery = ExchangeFilter & { limit: number; after?: string | undefined }

export type FoundExchange = SearchTables['audit.exchanges']

export type ExchangePage = {
  exchanges: FoundExchange[]
  /** Where the next page begins; null: there is no more. A page may have fewer exchanges than were asked for, or none. */
  next: string | null
}

/**
 * How many are looked at in one statement: so many times the size of the page at first, and at most `largestWindow`. That bounds
 * the time of a statement, whatever the filters.
 */
const firstWindow = 4
const largestWindow = 4_000
/** A page is sent when so much time is over, although there may be more to find. */
const budgetMs = 50
/** Exchanges in a block of words (see `indexWords`). */
export const blockSize = 8_192

/**
 * A page of exchanges, newest first: by the time of their request, or where a text is searched by their arrival. Each page
 * begins where the one before ended, whatever has arrived since.
 * @throws ApiError 400 when no exchange has a value that is asked for.
 */
export async function findExchanges(
  database: Kysely<SearchTables>,
  query: ExchangeQuery,
): Promise<ExchangePage> {
  refuseForeignCursor(query)
  await refuseUnknownValues(database, query)
  const look = query.text === undefined ? await lookByTime(database, query) : lookByWords(database, query)
  const deadline = performance.now() + budgetMs
  const exchanges: FoundExchange[] = []
  let cursor: string | undefined = query.after
  do {
    const { found, next } = await look(cursor, query.limit - exchanges.length)
    exchanges.push(...found)
    if (next === undefined) return { exchanges, next: null }
    cursor = next
  } while (exchanges.length < query.limit && performance.now() < deadline)
  return { exchanges, next: cursor }
}

/** A search by text continues at a number, every other one at an exchange. @throws ApiError 400 for any other cursor. */
function refuseForeignCursor({ after, text }: ExchangeQuery): void {
  if (after === undefined || (text === undefined ? isUuid(after) : arrival.test(after))) return
  throw new ApiError(
    400,
    'invalid_request',
    'after: this is no `next` of a page of this search; leave it out to begin with the newest',
  )
}

const arrival = /^\d{1,15}$/

type Look = (
  after: string | undefined,
  limit: number,
) => Promise<{ found: FoundExchange[]; next: string | undefined }>

const firstId = '00000000-0000-0000-0000-000000000000'
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

function rangeOf({ from, until }: ExchangeFilter) {
  return { lower: from ? firstIdAt(from) : firstId, upper: until ? firstIdAt(until) : lastId }
}

async function lookByTime(database: Kysely<SearchTables>, query: ExchangeQuery): Promise<Look> {
  const { lower, upper } = rangeOf(query)
  const labels = labelsOf(query)
  const start = query.after !== undefined && query.after < upper ? query.after : upper
  const label = await rarest(database, labels, start)
  const candidates =
    label !== undefined
      ? sql`select exchange from audit.exchange_labels where label = ${label}::bigint`
      : query.state === 'open'
        ? sql`select exchange from audit.exchanges where state = 'open'`
        : sql`select exchange from audit.exchanges where true`
  const matches = filtersOf(query)
  // Without "offset 0" rare filters would make Postgres read the whole table rather than the few rows that are looked at.
  let size = Math.min(largestWindow, query.limit * firstWindow)
  return async (after, limit) => {
    const before = after !== undefined && after < upper ? after : upper
    const windowSize = size
    size = largestWindow
    const { rows } = await sql<FoundExchange & { last: string | null; looked: number }>`
      with looked as materialized (
        ${candidates} and exchange < ${before}::uuid and exchange >= ${lower}::uuid
        order by exchange desc limit ${windowSize}
      ), found as (
        select e.* from looked join lateral (
          select * from audit.exchanges e where e.exchange = looked.exchange offset 0) e on true
        where ${matches} order by looked.exchange desc limit ${limit}
      )
      select found.*, (select exchange from looked order by exchange limit 1) as last,
        (select count(*) from looked) as looked
      from (select 1) one left join found on true order by found.exchange desc`.execute(database)
    const found = rows.filter(({ exchange }) => exchange !== null)
    if (found.length === limit) return { found, next: found.at(-1)!.exchange }
    const { last, looked } = rows[0]!
    return { found, next: looked < windowSize ? undefined : last! }
  }
}

/** Of several labels, the one with the fewest exchanges from `before` on backwards, as far as a window reaches. */
async function rarest(
  database: Kysely<SearchTables>,
  labels: string[],
  before: string,
): Promise<string | undefined> {
  if (labels.length < 2) return labels[0]
  const { rows } = await sql<{ label: string }>`
    select wanted::text as label from unnest(${labels}::bigint[]) as asked (wanted), lateral (
      select (select exchange from audit.exchange_labels where label = wanted and exchange < ${before}::uuid
        order by exchange desc offset ${largestWindow / 4} limit 1) as reach) r
    order by reach nulls first limit 1`.execute(database)
  return rows[0]!.label
}

function labelsOf(query: ExchangeFilter): string[] {
  return labelKinds.flatMap((kind) => {
    const value = query[kind]
    if (value === undefined || (kind === 'state' && value === 'open')) return []
    return [labelNumber(kind, kind === 'credential' ? value.slice(0, credentialStart) : value)]
  })
}

/** The filters on the row itself: labels are hashes, and may be of what an exchange was before. */
export function filtersOf(query: ExchangeFilter): RawBuilder<SqlBool> {
  const on: Record<LabelKind, (value: string) => RawBuilder<SqlBool>> = {
    session: (value) => sql`session = ${value}`,
    agent: (value) => sql`agent = ${value}`,
    model: (value) => sql`(model = ${value} or answered_model = ${value})`,
    provider: (value) => sql`provider = ${value}`,
    key: (value) => sql`(key_id = ${value} or key_name = ${value})`,
    credential: (value) => sql`starts_with(credential, ${value})`,
    tag: (value) => sql`${value} = any(tags)`,
    policy: (value) => sql`${value} = any(policies)`,
    finding: (value) => sql`${value} = any(finding_types)`,
    decision: (value) => sql`decision = ${value}`,
    status: (value) =>
      value.endsWith('xx') ? sql`status / 100 = ${Number(value[0])}` : sql`status = ${Number(value)}`,
    state: (value) => sql`state = ${value}`,
  }
  const filters = labelKinds.flatMap((kind) => (query[kind] === undefined ? [] : [on[kind](query[kind])]))
  if (query.verdict !== undefined) filters.push(askedFor(query.verdict, query.policy))
  return filters.length === 0 ? sql`true` : sql.join(filters, sql` and `)
}

/** It has no label, because it stands in the row: who asks for it gets the pages of what else is asked for. */
function askedFor(verdict: string, policy: string | undefined): RawBuilder<SqlBool> {
  const parts = verdict.split(':')
  const part = parts.find((one) => one === 'enforced' || one === 'observed')
  const action = parts.find((one) => one !== part)
  const wanted = [policy, action, part]
  const same = wanted.flatMap((value, index) =>
    value === undefined ? [] : [sql`split_part(verdict, E'\n', ${index + 1}) = ${value}`],
  )
  return sql`exists (select from unnest(verdicts) as verdict where ${sql.join(same, sql` and `)})`
}

/**
 * Looks for words in blocks of exchanges, from the newest back, each time in twice as many: a frequent word is found in the
 * first, and a rare one costs little in any.
 */
function lookByWords(database: Kysely<SearchTables>, query: ExchangeQuery): Look {
  const { lower, upper } = rangeOf(query)
  const matches = filtersOf(query)
  let blocks = 1
  return async (after, limit) => {
    const before = after === undefined ? await endOfWords(database) : Number(after)
    const highest = Math.floor((before - 1) / blockSize)
    const lowest = Math.max(0, highest - blocks + 1)
    const isFew = blocks <= mostBlocksNamed
    blocks *= 2
    const names = Array.from({ length: highest - lowest + 1 }, (_, at) => `'#${lowest + at}'`)
    const words = wordQuery(query.text!)
    const within = isFew ? sql`&& ${names.join(' | ')}::tsquery` : sql``
    const { rows } = await sql<FoundExchange & { number: number }>`
      select w.number, e.* from (
        select number, exchange from audit.exchange_words
        where words @@ (${words} ${within}) and numnode(${words}) > 0
          and number >= ${lowest * blockSize} and number < ${before}
        order by number desc
      ) w join lateral (select * from audit.exchanges e where e.exchange = w.exchange offset 0) e on true
      where e.exchange >= ${lower}::uuid and e.exchange < ${upper}::uuid and ${matches}
      order by w.number desc limit ${limit}`.execute(database)
    const found = rows.map(({ number: _number, ...row }) => row)
    if (found.length === limit) return { found, next: String(rows.at(-1)!.number) }
    return { found, next: lowest === 0 ? undefined : String(lowest * blockSize) }
  }
}

const mostBlocksNamed = 256

async function endOfWords(database: Kysely<SearchTables>): Promise<number> {
  const { rows } = await sql<{ next: number }>`
    select coalesce(max(number), 0) + 1 as next from audit.exchange_words`.execute(database)
  return rows[0]!.next
}

/** Somebody who mistypes a name should not read that there was nothing. */
async function refuseUnknownValues(database: Kysely<SearchTables>, query: ExchangeFilter): Promise<void> {
  for (const kind of ['agent', 'model', 'provider', 'key', 'tag', 'policy', 'finding', 'status'] as const) {
    const value = query[kind]
    if (value === undefined) continue
    const known = await database
      .selectFrom('audit.search_values')
      .select('value')
      .where('kind', '=', kind)
      .where('value', '=', value)
      .executeTakeFirst()
    if (known) continue
    const values = await knownValues(database, kind)
    if (values.length >= mostValues) continue
    const listed = values.slice(0, mostListed).join(', ')
    const rest = values.length > mostListed ? `, and ${values.length - mostListed} more` : ''
    throw new ApiError(
      400,
      'value_unknown',
      values.length === 0
        ? `No exchange has a ${nameOf[kind]} yet, so none has "${value}"`
        : `No exchange has the ${nameOf[kind]} "${value}"; there are: ${listed}${rest}`,
      { kind, values },
    )
  }
}

const mostListed = 20
const nameOf = {
  agent: 'agent',
  model: 'model',
  provider: 'provider',
  key: 'client key',
  tag: 'tag',
  policy: 'policy',
  finding: 'finding type',
  status: 'status',
}
