import type { SchemaDefinition } from '@airs-cp/postgres'
import * as events from './migrations/20261123T220000-events.ts'

export const auditSchema: SchemaDefinition = {
  schema: 'audit',
  role: 'airs_audit',
  migrations: { '20261123T220000-events': events },
}
