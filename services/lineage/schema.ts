import { mintedBefore, projectionTableRules, type SchemaDefinition } from '@airs-cp/postgres'
import { expectedTries } from './graph/expected-tries.ts'
import * as exchanges from './migrations/20261123T220000-exchanges.ts'
import * as graph from './migrations/20261126T234500-graph.ts'
import * as positions from './migrations/20261126T235500-positions.ts'
import * as rebuilds from './migrations/20261127T004000-rebuilds.ts'
import * as tableRules from './migrations/20261128T110000-table-rules.ts'
import * as floors from './migrations/20261128T130000-floors.ts'
import * as flows from './migrations/20261128T140000-flows.ts'
import * as callers from './migrations/20261128T151000-callers.ts'
import * as operations from './migrations/20261129T100000-operations.ts'
import * as erasures from './migrations/20261129T120000-erasures.ts'
import * as retention from './migrations/20261130T090000-retention.ts'
import * as continuedFlows from './migrations/20261203T090000-continued-flows.ts'
import * as longSessions from './migrations/20261204T150000-long-sessions.ts'

export const lineageSchema: SchemaDefinition = {
  schema: 'lineage',
  role: 'airs_lineage',
  tables: {
    ...projectionTableRules,
    sessions: { rule: 'events' },
    exchanges: { rule: 'events' },
    nodes: { rule: 'events' },
    flows: { rule: 'events' },
    // One that is whole soon after it came goes then.
    pending_flows: {
      rule: 'age',
      days: 30,
      older: `tries >= ${expectedTries} and ${mintedBefore('exchange')}`,
    },
    rebuilds: { rule: 'changes' },
    erasures_applied: { rule: 'changes' },
    drops_applied: { rule: 'changes' },
  },
  migrations: {
    '20261123T220000-exchanges': exchanges,
    '20261126T234500-graph': graph,
    '20261126T235500-positions': positions,
    '20261127T004000-rebuilds': rebuilds,
    '20261128T110000-table-rules': tableRules,
    '20261128T130000-floors': floors,
    '20261128T140000-flows': flows,
    '20261128T151000-callers': callers,
    '20261129T100000-operations': operations,
    '20261129T120000-erasures': erasures,
    '20261130T090000-retention': retention,
    '20261203T090000-continued-flows': continuedFlows,
    '20261204T150000-long-sessions': longSessions,
  },
  lateIndexes: [
    { name: 'sessions_name_idx', of: 'lineage.sessions (name)' },
    {
      name: 'sessions_long_idx',
      of: `lineage.sessions using gist (tstzrange(started_at, last_active_at, '[]')) where last_active_at - started_at > '1 minute'`,
    },
  ],
}
