import type { SchemaDefinition } from '@airs-cp/postgres'
import * as exports from './migrations/20261123T220000-exports.ts'
import * as manifests from './migrations/20261126T235000-manifests.ts'
import * as removedFiles from './migrations/20261127T041600-removed-files.ts'

export const exportSchema: SchemaDefinition = {
  schema: 'export',
  role: 'airs_export',
  migrations: {
    '20261123T220000-exports': exports,
    '20261126T235000-manifests': manifests,
    '20261127T041600-removed-files': removedFiles,
  },
}
