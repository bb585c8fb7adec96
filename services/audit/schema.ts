import type { SchemaDefinition } from '@airs-cp/postgres'
import * as events from './migrations/20261123T220000-events.ts'
import * as log from './migrations/20261128T010000-log.ts'
import * as search from './migrations/20261128T100000-search.ts'

export const auditSchema: SchemaDefinition = {
  schema: 'audit',
  role: 'airs_audit',
  migrations: {
    '20261123T220000-events': events,
    '20261128T010000-log': log,
    '20261128T100000-search': search,
  },
}
