export { type Database, databaseCheck, openDatabase, underLock } from './database.ts'
export { migrate, type SchemaDefinition } from './migrate.ts'
export { ensureRole } from './roles.ts'
export { isTransient } from './transient.ts'
