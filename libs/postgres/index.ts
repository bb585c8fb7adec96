export type { CopiedRow } from './copied-rows.ts'
export { type Database, databaseCheck, openDatabase, underLock } from './database.ts'
export { type ColumnTypes, insertedRows } from './inserted-rows.ts'
export { createLateIndexes, type LateIndex, migrate, type SchemaDefinition } from './migrate.ts'
export { findsPlainWords, plainWords } from './plain-words.ts'
export { ensureRole } from './roles.ts'
export { NotAloneError, runAlone } from './run-alone.ts'
export { openSnapshot, type Snapshot } from './snapshot.ts'
export {
  mintedBefore,
  projectionTableRules,
  pruneTables,
  type TableRule,
  type TableRules,
  type TableSize,
  tableSizes,
} from './table-rules.ts'
export { isTimeout, isTransient } from './transient.ts'
export { indexedWords, searchedWords, wordQuery } from './words.ts'
