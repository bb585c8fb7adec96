import type { SchemaDefinition } from '@airs-cp/postgres'
import * as exchanges from './migrations/20261123T220000-exchanges.ts'
import * as graph from './migrations/20261126T234500-graph.ts'

export const lineageSchema: SchemaDefinition = {
  schema: 'lineage',
  role: 'airs_lineage',
  migrations: { '20261123T220000-exchanges': exchanges, '20261126T234500-graph': graph },
}
