export { columnNames, columns, type Row, rowOf } from './columns.ts'
export { DuckDbMissingError, loadDuckDb } from './duckdb.ts'
export {
  type Cell,
  type OpenQuery,
  openQuery,
  QueryError,
  type QueryFiles,
  type QueryResult,
} from './query.ts'
export { type ReadEvent, readParquet } from './read-parquet.ts'
export { type ArchivedEvent, removeParts, writeParquet } from './write-parquet.ts'
