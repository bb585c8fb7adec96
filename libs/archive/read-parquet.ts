import { type ColumnName, columnNames, columns, differences, type Row, rowOf, type Value } from './columns.ts'
import { type DuckDbValue, literal, openDuckDb } from './duckdb.ts'

export type ReadEvent = {
  /** The event's text, as its bytes. */
  line: Buffer
  leaf: number | null
  /** Columns that say something else than the text. */
  wrong: ColumnName[]
}

/**
 * The events of a Parquet file that `writeParquet` has written, in their order.
 * @throws DuckDbMissingError, or why it cannot be read.
 */
export async function* readParquet(file: string): AsyncGenerator<ReadEvent> {
  await using session = await openDuckDb()
  const { connection } = session
  const selected = columnNames.map((name) => `"${name}"`).join(', ')
  const result = await connection.stream(`select ${selected} from read_parquet(${literal(file)})`)
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
    for (const values of chunk.getRows()) {
      const row = Object.fromEntries(
        columnNames.map((name, at) => [name, readValue(name, values[at] ?? null)]),
      ) as Row
      const leaf = row.leaf as number | null
      const line = String(row.event)
      yield { line: Buffer.from(line), leaf, wrong: wrongColumns(row, line, leaf) }
    }
}

function wrongColumns(row: Row, line: string, leaf: number | null): ColumnName[] {
  try {
    return differences(row, rowOf(line, leaf))
  } catch {
    return ['event']
  }
}

function readValue(name: ColumnName, value: DuckDbValue): Value {
  if (value === null) return null
  switch (columns[name]) {
    case 'integer':
      return Number(value)
    case 'time':
      return Number((value as { micros: bigint }).micros) / 1_000
    case 'list':
      return (value as { items: readonly string[] }).items
    default:
      return value as string | number | boolean
  }
}
