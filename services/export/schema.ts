import type { SchemaDefinition } from '@airs-cp/postgres'
import * as exports from './migrations/20261123T220000-exports.ts'

export const exportSchema: SchemaDefinition = {
  schema: 'export',
  role: 'airs_export',
  migrations: { '20261123T220000-exports': exports },
}
