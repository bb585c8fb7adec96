import type { RunningProjection } from '@airs-cp/bus'
import { contract } from '@airs-cp/control-api'
import { type Api, describeProjections } from '@airs-cp/runtime'
import { type Kysely, sql } from 'kysely'
import { countUnfinished } from '../find-events.ts'
import { countGaps } from '../journals/gaps.ts'
import { listIngresses } from '../journals/ingresses.ts'
import { labelNumber } from '../search/labels.ts'
import type { AuditTables } from '../tables.ts'
import type { FigureKind } from './contribution.ts'
import { foldFigures } from './fold-figures.ts'
import { describeSteps, rangeOf, readOverview, usageOf } from './overview.ts'
import { readTotals } from './read-figures.ts'

export function addFigureRoutes(
  api: Api,
  {
    database,
    projections,
  }: { database: Kysely<AuditTables>; projections: Record<string, RunningProjection> },
): void {
  api.implement(contract.audit.overview, {
    'GET /v1/overview': async ({ query }) => {
      await foldFigures(database)
      const steps = await rangeOf(database, query)
      const [figures, numbered, unfinished, gaps, checkpoint, ingresses] = await Promise.all([
        readOverview(database, steps),
        countNumbered(database),
        countUnfinished(database),
        countGaps(database),
        lastCheckpoint(database),
        listIngresses(database),
      ])
      const names = await namesOfKeys(
        database,
        figures.keys.map(({ value }) => value),
      )
      return {
        ...figures,
        keys: figures.keys.map((key) => named(key, names)),
        completeness: { ...numbered, ...unfinished, gaps },
        checkpoint,
        projections: describeProjections(projections),
        upstreams: uniqueUpstreams(ingresses.flatMap(({ upstreams }) => upstreams)),
      }
    },
    'GET /v1/usage/:by': async ({ params, query }) => {
      await foldFigures(database)
      const steps = await rangeOf(database, query)
      const usage = usageOf(await readTotals(database, steps, [params.by as FigureKind]), query.limit)
      const values = usage.map(({ value }) => value)
      const [names, used] = await Promise.all([
        params.by === 'key' ? namesOfKeys(database, values) : new Map<string, string>(),
        lastUses(database, params.by, values),
      ])
      return {
        ...describeSteps(steps),
        by: params.by,
        usage: usage.map((one) => ({ ...named(one, names), lastUsedAt: used.get(one.value) ?? null })),
      }
    },
  })
}

function named<Usage extends { value: string }>(usage: Usage, names: Map<string, string>) {
  const name = names.get(usage.value)
  return { ...usage, ...(name !== undefined && { name }) }
}

function uniqueUpstreams<Upstream>(upstreams: Upstream[]): Upstream[] {
  return [...new Map(upstreams.map((upstream) => [JSON.stringify(upstream), upstream])).values()]
}

/** Journals number events from 1 on without a gap. */
async function countNumbered(database: Kysely<AuditTables>): Promise<{ numbered: number; recorded: number }> {
  const { rows } = await sql<{ numbered: number; recorded: number }>`
    select coalesce(sum(greatest(seen, committed)), 0)::bigint as numbered,
      coalesce(sum(committed), 0)::bigint as recorded from audit.journals`.execute(database)
  return rows[0]!
}

async function lastCheckpoint(database: Kysely<AuditTables>) {
  const row = await database
    .selectFrom('audit.log_checkpoints')
    .select(['size', 'published_at'])
    .orderBy('generation', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row) return null
  const ageSeconds = Math.max(0, (Date.now() - row.published_at.getTime()) / 1_000)
  return { size: row.size, publishedAt: row.published_at, ageSeconds }
}

/** The name of a key in the last exchange that was made with it. */
async function namesOfKeys(database: Kysely<AuditTables>, ids: string[]): Promise<Map<string, string>> {
  const last = await lastExchanges(database, 'key', ids)
  return new Map(
    [...last].flatMap(([id, { key_name }]) => (key_name === null ? [] : [[id, key_name] as const])),
  )
}

async function lastUses(
  database: Kysely<AuditTables>,
  by: (typeof contract.audit.overview)['GET /v1/usage/:by']['params']['shape']['by']['_output'],
  values: string[],
): Promise<Map<string, Date>> {
  if (by === 'error') return new Map()
  const last = await lastExchanges(database, by, values)
  return new Map(
    [...last].flatMap(([value, { requested_at }]) =>
      requested_at === null ? [] : [[value, requested_at] as const],
    ),
  )
}

type Last = { number: string; key_name: string | null; requested_at: Date | null }

/** The newest exchange with each of these values. */
async function lastExchanges(
  database: Kysely<AuditTables>,
  kind: Parameters<typeof labelNumber>[0],
  values: string[],
): Promise<Map<string, Last>> {
  const wanted = values.filter((value) => value !== '')
  const byNumber = new Map(wanted.map((value) => [labelNumber(kind, value), value]))
  const { rows } = await sql<Last>`
    select asked.label::text as number, e.key_name, e.requested_at
    from unnest(${[...byNumber.keys()]}::bigint[]) as asked (label), lateral (
      select exchange from audit.exchange_labels l where l.label = asked.label order by exchange desc limit 1) last
      join audit.exchanges e on e.exchange = last.exchange`.execute(database)
  return new Map(rows.map((row) => [byNumber.get(row.number)!, row]))
}
