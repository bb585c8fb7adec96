import { type Kysely, sql } from 'kysely'

/**
 * What bounds a table. Its owner is the service of its schema.
 *
 * | rule      | rows go                                                          |
 * |-----------|------------------------------------------------------------------|
 * | `events`  | with the events that they come from, by the retention of events   |
 * | `work`    | when their work is done                                          |
 * | `age`     | when `older` holds of them, where `$before` is so many days ago  |
 * | `changes` | never: they grow with what people change, or with their apps     |
 */
export type TableRule =
  | { rule: 'events'; content?: true }
  | { rule: 'work' }
  | { rule: 'age'; days: number; older: string }
  | { rule: 'changes' }

export type TableRules = Record<string, TableRule>

/** Of what every projection keeps. An event is redelivered as long as its stream keeps it, which is a week. */
export const projectionTableRules: TableRules = {
  applied_events: { rule: 'age', days: 30, older: 'applied_at < $before' },
  positions: { rule: 'changes' },
  dead_letters: { rule: 'age', days: 90, older: 'replayed_at < $before' },
}

/** For `older`: ids of exchanges begin with the time at which they were made. */
export function mintedBefore(column: string): string {
  const hex = `lpad(to_hex((extract(epoch from $before) * 1000)::bigint), 12, '0')`
  return `${column} < overlay(${hex} placing '-' from 9 for 0)`
}

const rowsAtOnce = 5_000

/**
 * Deletes what is older than its table's rule allows.
 * @returns how many rows; there may be more where that is more than a few thousand.
 */
export async function pruneTables<Tables>(
  database: Kysely<Tables>,
  { schema, tables }: { schema: string; tables: TableRules },
): Promise<number> {
  let pruned = 0
  for (const [table, rule] of Object.entries(tables)) {
    if (rule.rule !== 'age') continue
    const before = `(now() - interval '${rule.days} days')`
    const name = sql.id(schema, table)
    const { numAffectedRows = 0n } = await sql`delete from ${name} where ctid = any(array(
      select ctid from ${name} where ${sql.raw(rule.older.replaceAll('$before', before))} limit ${rowsAtOnce}))`.execute(
      database,
    )
    pruned += Number(numAffectedRows)
  }
  return pruned
}

export type TableSize = { table: string; rows: number; bytes: number }

/** By the statistics of Postgres: rows are an estimate. A partitioned table is the sum of its partitions. */
export async function tableSizes<Tables>(database: Kysely<Tables>, schema: string): Promise<TableSize[]> {
  const { rows } = await sql<TableSize>`
    select coalesce(parent.relname, c.relname) as table,
      sum(greatest(c.reltuples, 0))::bigint as rows, sum(pg_total_relation_size(c.oid))::bigint as bytes
    from pg_class c
      left join pg_inherits i on i.inhrelid = c.oid
      left join pg_class parent on parent.oid = i.inhparent
    where c.relnamespace = ${schema}::regnamespace and c.relkind = 'r'
    group by 1 order by 1`.execute(database)
  return rows
}
