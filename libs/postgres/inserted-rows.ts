import { type RawBuilder, sql } from 'kysely'

/** Names of columns with their types in Postgres. */
export type ColumnTypes<Row> = { readonly [Name in keyof Row]-?: string }

/**
 * Columns and rows of an `insert`: `(a, b) select …`. Each column is one parameter, an array, so that the statement is the same for any
 * number of rows: with a parameter for each value, making and parsing it costs more than storing what is in it.
 * @param types the columns. A type that ends in `[]` is for a column of lists, each of which may be null.
 */
export function insertedRows<Row extends object>(
  types: ColumnTypes<Row>,
  rows: readonly Row[],
): RawBuilder<unknown> {
  const columns = Object.entries<string>(types).map(([name, type]) => ({
    name,
    type,
    isList: type.endsWith('[]'),
  }))
  const names = sql.join(columns.map(({ name }) => sql.ref(name)))
  const arrays = columns.map(({ name, type, isList }) => {
    const values = rows.map((row) => row[name as keyof Row] ?? null)
    // Postgres has no arrays of lists of different lengths.
    return isList
      ? sql`${values.map((list) => list && listLiteral(list as readonly (string | number)[]))}::text[]`
      : sql`${values}::${sql.raw(type)}[]`
  })
  const read = columns.map(({ name, type, isList }) =>
    isList ? sql`${sql.ref(name)}::${sql.raw(type)}` : sql.ref(name),
  )
  return sql`(${names}) select ${sql.join(read)} from unnest(${sql.join(arrays)}) as inserted (${names})`
}

function listLiteral(list: readonly (string | number)[]): string {
  return `{${list.map((value) => (typeof value === 'number' ? value : `"${value.replace(/[\\"]/g, '\\$&')}"`)).join(',')}}`
}
