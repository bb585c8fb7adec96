import { projectionTableRules, type SchemaDefinition } from '@airs-cp/postgres'
import * as exports from './migrations/20261123T220000-exports.ts'
import * as manifests from './migrations/20261126T235000-manifests.ts'
import * as removedFiles from './migrations/20261127T041600-removed-files.ts'
import * as tableRules from './migrations/20261128T110000-table-rules.ts'
import * as floors from './migrations/20261128T130000-floors.ts'
import * as asOf from './migrations/20261129T120000-as-of.ts'
import * as archive from './migrations/20261201T100000-archive.ts'

export const exportSchema: SchemaDefinition = {
  schema: 'export',
  role: 'airs_export',
  tables: {
    ...projectionTableRules,
    exports: { rule: 'changes' },
    archived_days: { rule: 'changes' },
  },
  migrations: {
    '20261123T220000-exports': exports,
    '20261126T235000-manifests': manifests,
    '20261127T041600-removed-files': removedFiles,
    '20261128T110000-table-rules': tableRules,
    '20261128T130000-floors': floors,
    '20261129T120000-as-of': asOf,
    '20261201T100000-archive': archive,
  },
}
