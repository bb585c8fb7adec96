import { formatProofLine, type RowProof } from '@airs-cp/manifest'
import type { CopiedRow, Snapshot } from '@airs-cp/postgres'
import {
  hashBytes,
  hashOfSpan,
  type LeafRange,
  nodesBeside,
  type PerfectNode,
  tileSpan,
  tileWidth,
} from '@airs-cp/transparency-log'
import { type RawBuilder, sql } from 'kysely'
import type { TimeRange } from '../selection/date-range.ts'
import type { ExportTables } from '../tables.ts'

/** The checkpoint that an export rests on. */
export type ExportedLog = {
  generation: number
  size: number
  note: string
  /** Whether every row has a leaf. Otherwise rows without one are exported too, and not proven. */
  isCovered: boolean
}

/** The published checkpoint of the newest log; undefined before the first one. */
export async function findPublishedLog(
  { database }: Snapshot<ExportTables>,
  isCovered: boolean,
): Promise<ExportedLog | undefined> {
  const row = await database
    .selectFrom('audit.recorded_checkpoints')
    .select(['generation', 'size', 'note'])
    .orderBy('generation', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { ...row, isCovered }
}

/**
 * Holds for events that have no leaf of the log: a handful, which came while the checkpoint was made. While another log begins, all
 * events wait for its leaves or have them already, so that neither says anything of this one.
 */
export function withoutLeaf({ generation, size }: ExportedLog): RawBuilder<unknown> {
  return sql`position in (
    select position from (
      select position from audit.recorded_leaves where generation = ${generation} and leaf_index >= ${size}
      union select position from audit.recorded_leaves where generation > ${generation}
      union select position from audit.recorded_log_pending) late
    where not exists (select from audit.recorded_leaves own where own.position = late.position
      and own.generation = ${generation} and own.leaf_index < ${size}))`
}

/** Holds for events from a leaf of the newest log on, and for those that have none yet. */
export function behindLeaf(leaf: number): RawBuilder<unknown> {
  return sql`position in (
    select position from audit.recorded_leaves where leaf_index >= ${leaf}
      and generation = (select max(generation) from audit.recorded_checkpoints)
    union all select position from audit.recorded_log_pending)`
}

/** Columns of a leaf, as `readRowProof` reads them. */
export const proofColumns = sql`leaf_index, salt, facts, hash, facts_salt, case when salt is null then record end`

/** @param fields those of `proofColumns`. */
export function readRowProof(fields: CopiedRow): RowProof {
  const [index, salt, facts, leaf, factsSalt, record] = fields
  if (!index || !facts || !leaf) return { kind: 'unproven' }
  const at = Number(index.readBigInt64BE())
  if (salt) return { kind: 'recorded', index: at, salt, facts, leaf }
  if (!factsSalt || !record) return { kind: 'unproven' }
  const { event } = JSON.parse(record.toString('latin1')) as { event: string }
  return { kind: 'erased', index: at, event: Buffer.from(event, 'base64'), factsSalt, leaf }
}

/**
 * What a proof says of leaves that are no rows: the entries of those between the first row and the last, and of the one
 * before and behind them, where the rows should be all of a range, and the records of drops for those that were dropped; the roots
 * of subtrees for all others. Where a range has no row, entries are of the leaf before it and the one behind it.
 * @param rows leaves that are rows, ascending.
 * @param others leaves that are rows outside the range, ascending: pieces that rows of the range refer to.
 * @param of all that the log has, a range of it, or some of that.
 */
export async function* linesBesideRows(
  snapshot: Snapshot<ExportTables>,
  log: ExportedLog,
  rows: LeafRange[],
  others: LeafRange[],
  of: 'everything' | TimeRange | 'filtered',
): AsyncGenerator<string> {
  const window = await windowOf(snapshot, rows, log, of)
  if (!window)
    return yield* nodeLines(snapshot, log, nodesBeside([...rows, ...others].sort(byPlace), log.size))
  const inside = others.flatMap((range) => within(range, window))
  const before = others.flatMap((range) => within(range, { from: 0, to: window.from }))
  const behind = others.flatMap((range) => within(range, { from: window.to, to: log.size }))
  const dropped = await droppedLeaves(snapshot, log, window)
  if (dropped.length > 0) yield* dropLines(snapshot, log, window)
  yield* entryLines(snapshot, log, holes([...rows, ...inside, ...dropped].sort(byPlace), window))
  yield* nodeLines(snapshot, log, nodesBeside([...before, ...holes(dropped, window), ...behind], log.size))
}

function within({ from, to }: LeafRange, window: LeafRange): LeafRange[] {
  const [first, end] = [Math.max(from, window.from), Math.min(to, window.to)]
  return first < end ? [{ from: first, to: end }] : []
}

function byPlace(a: LeafRange, b: LeafRange): number {
  return a.from - b.from
}

/** Leaves of a window whose events were dropped: ascending and apart from each other. */
async function droppedLeaves(
  { database }: Snapshot<ExportTables>,
  { generation }: ExportedLog,
  { from, to }: LeafRange,
): Promise<LeafRange[]> {
  const { rows } = await sql<LeafRange>`
    select greatest(first, ${from}::bigint) as "from", least(first + octet_length(hashes) / ${hashBytes}, ${to}::bigint) as "to"
    from audit.recorded_dropped_leaves
    where generation = ${generation} and first > ${from - tileWidth} and first < ${to}
      and first + octet_length(hashes) / ${hashBytes} > ${from}
    order by first`.execute(database)
  const merged: LeafRange[] = []
  for (const range of rows) {
    const last = merged.at(-1)
    if (last?.to === range.from) last.to = range.to
    else merged.push({ ...range })
  }
  return merged
}

/** The records of drops that reach into a window. */
async function* dropLines(
  { database }: Snapshot<ExportTables>,
  { generation }: ExportedLog,
  { from, to }: LeafRange,
): AsyncGenerator<string> {
  const { rows } = await sql<{ note: string }>`select note from audit.sealed_drops
    where generation = ${generation} and first_leaf < ${to} and until_leaf > ${from} order by first_leaf, until_leaf`.execute(
    database,
  )
  for (const { note } of rows) yield formatProofLine({ kind: 'drop', note })
}

async function windowOf(
  snapshot: Snapshot<ExportTables>,
  rows: LeafRange[],
  log: ExportedLog,
  of: 'everything' | TimeRange | 'filtered',
): Promise<LeafRange | undefined> {
  if (of === 'filtered') return undefined
  if (of === 'everything') return { from: 0, to: log.size }
  const [first, last] = [rows[0], rows.at(-1)]
  if (!first || !last) return windowAround(snapshot, log, of)
  return { from: Math.max(0, first.from - 1), to: Math.min(log.size, last.to + 1) }
}

/**
 * Of a range without a row: from the leaf before it to the one behind it, both of events that are there, and to an end of the log where
 * there is none. Nothing lies between but what was dropped.
 */
async function windowAround(
  { database }: Snapshot<ExportTables>,
  { generation, size }: ExportedLog,
  { from, until }: TimeRange,
): Promise<LeafRange> {
  const find = async (condition: RawBuilder<unknown>, order: RawBuilder<unknown>) => {
    const { rows } = await sql<{ leaf: number }>`
      select leaf_index as leaf from audit.recorded_leaves join audit.recorded_events using (position)
      where generation = ${generation} and leaf_index < ${size} and ${condition} order by ${order} limit 1`.execute(
      database,
    )
    return rows[0]?.leaf
  }
  const last = (end: number) => find(sql`leaf_index < ${end}`, sql`leaf_index desc`)
  const before = from && (await find(sql`time < ${from.toISOString()}::timestamptz`, sql`time desc`))
  const behind =
    until &&
    (await find(
      sql`leaf_index > ${before ?? -1} and time >= ${until.toISOString()}::timestamptz`,
      sql`leaf_index`,
    ))
  return {
    from: before === undefined ? 0 : ((await last(behind ?? size)) ?? 0),
    to: behind === undefined ? size : behind + 1,
  }
}

function holes(rows: LeafRange[], window: LeafRange): LeafRange[] {
  const found: LeafRange[] = []
  let end = window.from
  for (const { from, to } of [...rows, { from: window.to, to: window.to }]) {
    if (from > end) found.push({ from: end, to: from })
    end = to
  }
  return found
}

const batchSize = 500

async function* entryLines(
  snapshot: Snapshot<ExportTables>,
  { generation }: ExportedLog,
  ranges: LeafRange[],
): AsyncGenerator<string> {
  for (let at = 0; at < ranges.length; at += batchSize) {
    const batch = ranges.slice(at, at + batchSize)
    const query = sql`
      select leaf_index, record from unnest(
        ${batch.map(({ from }) => from)}::bigint[], ${batch.map(({ to }) => to)}::bigint[]) as r (first, behind)
      cross join lateral (select leaf_index, record from audit.recorded_leaves
        where generation = ${generation} and leaf_index >= r.first and leaf_index < r.behind) l
      order by leaf_index`
    for await (const rows of snapshot.copy(query))
      for (const [index, record] of rows)
        yield formatProofLine({ kind: 'entry', index: Number(index!.readBigInt64BE()), record: record! })
  }
}

async function* nodeLines(
  { database }: Snapshot<ExportTables>,
  { generation }: ExportedLog,
  nodes: Iterable<PerfectNode>,
): AsyncGenerator<string> {
  for (const batch of inBatches(nodes)) {
    const spans = batch.map((node) => tileSpan(node))
    const { rows } = await sql<{ hashes: Buffer | null }>`
      select case when s.level = 0
        then (select string_agg(hash, ''::bytea order by leaf_index) from (
          select leaf_index, hash from audit.recorded_leaves
            where generation = ${generation} and leaf_index >= s.first and leaf_index < s.first + s.count
          union all
          select d.first + at, substr(d.hashes, at * ${hashBytes} + 1, ${hashBytes})
            from audit.recorded_dropped_leaves d, generate_series(0, octet_length(d.hashes) / ${hashBytes} - 1) as at
            where generation = ${generation} and d.first > s.first - ${tileWidth} and d.first < s.first + s.count
              and d.first + at >= s.first and d.first + at < s.first + s.count) leaves)
        else (select string_agg(hash, ''::bytea order by node_index) from audit.recorded_log_nodes
          where generation = ${generation} and level = s.level
            and node_index >= s.first and node_index < s.first + s.count)
        end as hashes
      from unnest(${spans.map(({ level }) => level)}::int[], ${spans.map(({ first }) => first)}::bigint[],
        ${spans.map(({ count }) => count)}::bigint[]) with ordinality as s (level, first, count, row)
      order by row`.execute(database)
    for (const [at, { level, index }] of batch.entries()) {
      const { hashes } = rows[at]!
      if (hashes?.length !== spans[at]!.count * 32)
        throw new Error(`The log lacks hashes of subtree ${index} of level ${level}`)
      yield formatProofLine({ kind: 'node', level, index, hash: hashOfSpan(hashes) })
    }
  }
}

function* inBatches<Item>(items: Iterable<Item>): Generator<Item[]> {
  let batch: Item[] = []
  for (const item of items) {
    batch.push(item)
    if (batch.length < batchSize) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
