import { createRequire } from 'node:module'
import { join } from 'node:path'

/** A value of a row as DuckDB returns it: lists, times and decimals are objects of its own. */
export type DuckDbValue = string | number | bigint | boolean | null | object

export type DuckDbRows = {
  /** Undefined or without rows at the end. */
  fetchChunk(): Promise<{ rowCount: number; getRows(): DuckDbValue[][] } | null>
  deduplicatedColumnNames(): string[]
}

export type DuckDbAppender = {
  appendNull(): void
  appendVarchar(value: string): void
  appendBigInt(value: bigint): void
  appendDouble(value: number): void
  appendBoolean(value: boolean): void
  appendTimestamp(value: object): void
  appendList(values: readonly string[], type: object): void
  endRow(): void
  closeSync(): void
}

type Statement = { statementType: number; parameterCount: number; stream(): Promise<DuckDbRows> }

type Connection = {
  run(sql: string): Promise<unknown>
  stream(sql: string): Promise<DuckDbRows>
  extractStatements(sql: string): Promise<{ count: number; prepare(index: number): Promise<Statement> }>
  createAppender(table: string): Promise<DuckDbAppender>
  closeSync(): void
}

/** What is used of `@duckdb/node-api`, which is installed by whoever wants an archive. */
export type DuckDb = {
  DuckDBInstance: {
    create(
      path: string,
      settings: Readonly<Record<string, string>>,
    ): Promise<{ connect(): Promise<Connection>; closeSync(): void }>
  }
  DuckDBTimestampValue: new (micros: bigint) => object
  LIST(type: object): object
  VARCHAR: object
}

/** DuckDB is not installed: it takes 70 MB, and only an archive needs it. */
export class DuckDbMissingError extends Error {
  override name = 'DuckDbMissingError'
}

const modulesDirectory = join(import.meta.dirname, '..', '..', 'infra', 'archive')

/**
 * @param directory where it is installed.
 * @throws DuckDbMissingError naming what installs it.
 */
export function loadDuckDb(directory = modulesDirectory): DuckDb {
  try {
    return createRequire(join(directory, 'package.json'))('@duckdb/node-api') as DuckDb
  } catch (cause) {
    throw new DuckDbMissingError(
      `DuckDB, which reads and writes Parquet, cannot be loaded from ${directory}. Install it with: npm ci --ignore-scripts --prefix ${directory}`,
      { cause },
    )
  }
}

export type Session = AsyncDisposable & { connection: Connection; duckdb: DuckDb }

const defaults = {
  // Rows keep their order where one thread reads and writes them.
  threads: '1',
  memory_limit: '512MB',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
}

/** A DuckDB of its own in memory, which takes no extension from the network. */
export async function openDuckDb(settings: Readonly<Record<string, string>> = {}): Promise<Session> {
  const duckdb = loadDuckDb()
  const instance = await duckdb.DuckDBInstance.create(':memory:', { ...defaults, ...settings })
  const connection = await instance.connect()
  return {
    connection,
    duckdb,
    async [Symbol.asyncDispose]() {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** A text as SQL has it. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
