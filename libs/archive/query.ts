import { availableParallelism, totalmem } from 'node:os'
import { columnNames, tableDefinition } from './columns.ts'
import { type DuckDbRows, type DuckDbValue, literal, openDuckDb } from './duckdb.ts'
import { exchangesView } from './exchanges-view.ts'

/** Parquet files that `writeParquet` has written. */
export type QueryFiles = {
  archived: readonly string[]
  /** Each event that the archive has too is taken from there. */
  others: readonly string[]
}

export type Cell = string | number | boolean | null | readonly Cell[] | { readonly [name: string]: Cell }

export type QueryResult = { columns: readonly string[]; rows: AsyncIterable<readonly Cell[]> }

export type OpenQuery = AsyncDisposable & {
  /** @throws QueryError where it is no query, or DuckDB refuses it. */
  run(sql: string): Promise<QueryResult>
}

/** A query that cannot be answered, with DuckDB's sentence. */
export class QueryError extends Error {
  override name = 'QueryError'
}

const selectStatement = 1

/**
 * Opens files as the views `events` and `exchanges`. Queries read, and read nothing else: no file but these, no network, no
 * extension, and no setting can be changed.
 * @param scratch a folder for what does not fit into memory.
 * @throws DuckDbMissingError
 */
export async function openQuery(files: QueryFiles, scratch: string): Promise<OpenQuery> {
  const session = await openDuckDb({
    threads: String(availableParallelism()),
    memory_limit: `${Math.floor(memoryBytes() / 2_000_000)}MB`,
    temp_directory: scratch,
  })
  const { connection } = session
  try {
    const all = [...files.archived, ...files.others]
    await connection.run(`create table nothing (${tableDefinition})`)
    await connection.run(`create view events as ${eventsView(files)}`)
    await connection.run(`create view exchanges as ${exchangesView}`)
    await connection.run(`set allowed_paths = [${all.map(literal).join(', ')}]`)
    await connection.run('set enable_external_access = false')
    await connection.run('set lock_configuration = true')
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw queryError(error)
  }
  return {
    async run(sql) {
      try {
        const statements = await connection.extractStatements(sql).catch((error: Error) => {
          throw error.message === nothingToParse ? new QueryError(emptyQuery) : error
        })
        if (statements.count !== 1) throw new QueryError(`Give one query; these are ${statements.count}`)
        const statement = await statements.prepare(0)
        if (statement.statementType !== selectStatement)
          throw new QueryError(
            'Only queries are possible (SELECT, WITH, FROM, DESCRIBE, SUMMARIZE): nothing is written',
          )
        if (statement.parameterCount > 0)
          throw new QueryError('The query has parameters, and no values for them')
        const result = await statement.stream()
        return { columns: result.deduplicatedColumnNames(), rows: rowsOf(result) }
      } catch (error) {
        throw queryError(error)
      }
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

/** What DuckDB says where there are blanks or comments alone. */
const nothingToParse = 'Error in native callback'
const emptyQuery = 'The query is empty: give one, such as "select count(*) from events"'

/** Of the machine, or of the container. */
function memoryBytes(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
}

function eventsView({ archived, others }: QueryFiles): string {
  const names = columnNames.map((name) => `"${name}"`).join(', ')
  const read = (files: readonly string[]) =>
    files.length === 0 ? 'nothing' : `read_parquet([${files.map(literal).join(', ')}], union_by_name = true)`
  const once = others.length > 1 ? ' qualify row_number() over (partition by id) = 1' : ''
  if (others.length === 0) return `select ${names} from ${read(archived)}`
  return `select ${names} from ${read(archived)}
    union all
    select ${names} from ${read(others)} where id not in (select id from ${read(archived)} where id is not null)${once}`
}

async function* rowsOf(result: DuckDbRows): AsyncGenerator<Cell[]> {
  try {
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    )
      for (const row of chunk.getRows()) yield row.map(cellOf)
  } catch (error) {
    throw queryError(error)
  }
}

/** A value as JSON has it. Numbers that JSON cannot have exactly are texts, and times are as SQL writes them. */
function cellOf(value: DuckDbValue): Cell {
  if (value === null || value === undefined) return null
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value !== 'object') return value
  if ('items' in value && Array.isArray(value.items)) return value.items.map(cellOf)
  if ('entries' in value && typeof value.entries === 'object' && !Array.isArray(value.entries))
    return Object.fromEntries(
      Object.entries(value.entries as Record<string, DuckDbValue>).map(([name, one]) => [name, cellOf(one)]),
    )
  if ('toDouble' in value && typeof value.toDouble === 'function') return value.toDouble()
  return String(value)
}

function queryError(error: unknown): unknown {
  return error instanceof QueryError || !(error instanceof Error)
    ? error
    : new QueryError(error.message.replace(/^Failed to [a-z ]+: /, ''), { cause: error })
}
