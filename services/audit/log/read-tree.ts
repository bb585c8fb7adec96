import {
  consistencyRanges,
  Frontier,
  frontierNodes,
  type Hash,
  hashBytes,
  hashOfSpan,
  inclusionRanges,
  type ReadNodes,
  rangeHashes,
  tileSpan,
  tileWidth,
} from '@airs-cp/transparency-log'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { LogTables } from './tables.ts'

type Database = Kysely<LogTables>

export type Published = { generation: number; origin: string; size: number; note: string }

/** The published checkpoint of the newest log; undefined before the first one. */
export function findPublished(database: Database): Promise<Published | undefined> {
  return database
    .selectFrom('audit.log_checkpoints')
    .innerJoin('audit.logs', 'audit.logs.generation', 'audit.log_checkpoints.generation')
    .select(['audit.logs.generation', 'origin', 'size', 'note'])
    .orderBy('audit.logs.generation', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** Leaves that the log of a generation has, with those whose events were dropped. */
export async function treeSize(database: Database, generation: number): Promise<number> {
  const { rows } = await sql<{ size: number }>`select greatest(
      (select leaf_index + 1 from audit.log_leaves where generation = ${generation} order by leaf_index desc limit 1),
      (select first + octet_length(hashes) / ${hashBytes} from audit.dropped_leaves
        where generation = ${generation} order by first desc limit 1),
      0)::bigint as size`.execute(database)
  return rows[0]!.size
}

/** Hashes of leaves of one tile, with those whose events were dropped: rows of `leaf_index` and `hash`. */
function leavesFrom(generation: number, first: RawBuilder<unknown>, count: RawBuilder<unknown>) {
  return sql`(select leaf_index, hash from audit.log_leaves
      where generation = ${generation} and leaf_index >= ${first} and leaf_index < ${first} + ${count}
    union all
    select d.first + at, substr(d.hashes, at * ${hashBytes} + 1, ${hashBytes})
      from audit.dropped_leaves d, generate_series(0, octet_length(d.hashes) / ${hashBytes} - 1) as at
      where generation = ${generation} and d.first >= ${first} / ${tileWidth} * ${tileWidth}
        and d.first < ${first} + ${count} and d.first + at >= ${first} and d.first + at < ${first} + ${count})`
}

/** Hashes of a level of tiles beside each other, concatenated. @throws where the store has not all of them. */
export async function readHashes(
  database: Database,
  generation: number,
  { level, first, count }: { level: number; first: number; count: number },
): Promise<Buffer> {
  const query =
    level === 0
      ? sql<{ hash: Buffer }>`select hash
          from ${leavesFrom(generation, sql`${first}::bigint`, sql`${count}::bigint`)} l order by leaf_index`
      : sql<{
          hash: Buffer
        }>`select hash from audit.log_nodes where generation = ${generation} and level = ${level}
          and node_index >= ${first} and node_index < ${first + count} order by node_index`
  const { rows } = await query.execute(database)
  return allOf({ level, first, count }, Buffer.concat(rows.map(({ hash }) => hash)))
}

function allOf(
  { level, first, count }: { level: number; first: number; count: number },
  hashes: Buffer,
): Buffer {
  if (hashes.length !== count * hashBytes)
    throw new Error(
      `The log lacks hashes: ${hashes.length / hashBytes} of ${count} are there at level ${level} from ${first} on`,
    )
  return hashes
}

/** Reads perfect subtrees in one query. @throws where the store has not all of their hashes. */
function nodeReader(database: Database, generation: number): ReadNodes {
  return async (nodes) => {
    if (nodes.length === 0) return []
    const spans = nodes.map((node) => tileSpan(node))
    const { rows } = await sql<{ hashes: Buffer | null }>`
      select case when s.level = 0
        then (select string_agg(hash, ''::bytea order by leaf_index)
          from ${leavesFrom(generation, sql`s.first`, sql`s.count`)} l)
        else (select string_agg(hash, ''::bytea order by node_index) from audit.log_nodes
          where generation = ${generation} and level = s.level
            and node_index >= s.first and node_index < s.first + s.count)
        end as hashes
      from unnest(${spans.map(({ level }) => level)}::int[], ${spans.map(({ first }) => first)}::bigint[],
        ${spans.map(({ count }) => count)}::bigint[]) with ordinality as s (level, first, count, row)
      order by row`.execute(database)
    return spans.map((span, at) => hashOfSpan(allOf(span, rows[at]?.hashes ?? Buffer.alloc(0))))
  }
}

/** The right edge of the log as it stands. */
export async function readFrontier(database: Database, generation: number): Promise<Frontier> {
  const size = await treeSize(database, generation)
  return new Frontier(size, await nodeReader(database, generation)(frontierNodes(size)))
}

/** The root that the log had when it had `size` leaves. @throws where it has fewer. */
export async function rootAt(database: Database, generation: number, size: number): Promise<Hash> {
  const [root] = await rangeHashes([{ from: 0, to: size }], nodeReader(database, generation))
  return root!
}

export function inclusionProof(
  database: Database,
  generation: number,
  index: number,
  size: number,
): Promise<Hash[]> {
  return rangeHashes(inclusionRanges(index, size), nodeReader(database, generation))
}

export function consistencyProof(
  database: Database,
  generation: number,
  oldSize: number,
  size: number,
): Promise<Hash[]> {
  return rangeHashes(consistencyRanges(oldSize, size), nodeReader(database, generation))
}
