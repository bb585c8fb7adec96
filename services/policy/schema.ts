import { mintedBefore, projectionTableRules, type SchemaDefinition } from '@airs-cp/postgres'
import * as policies from './migrations/20261123T220000-policies.ts'
import * as keys from './migrations/20261123T230000-keys.ts'
import * as activations from './migrations/20261123T233000-activations.ts'
import * as history from './migrations/20261127T000500-history.ts'
import * as backtests from './migrations/20261127T004000-backtests.ts'
import * as quarantine from './migrations/20261127T010000-quarantine.ts'
import * as alerts from './migrations/20261127T011000-alerts.ts'
import * as agents from './migrations/20261127T012000-agents.ts'
import * as pruning from './migrations/20261127T050000-pruning.ts'
import * as tableRules from './migrations/20261128T110000-table-rules.ts'
import * as revisions from './migrations/20261128T120000-revisions.ts'
import * as floors from './migrations/20261128T130000-floors.ts'
import * as callers from './migrations/20261128T150000-callers.ts'
import * as quarantinedCallers from './migrations/20261129T090000-quarantined-callers.ts'
import * as keyChanges from './migrations/20261129T091000-keys.ts'
import * as mcpTools from './migrations/20261130T100000-mcp-tools.ts'
import * as alertQueues from './migrations/20261204T140000-alert-queues.ts'

export const policySchema: SchemaDefinition = {
  schema: 'policy',
  role: 'airs_policy',
  tables: {
    ...projectionTableRules,
    versions: { rule: 'changes' },
    settings: { rule: 'changes' },
    keys: { rule: 'changes' },
    key_spending: { rule: 'age', days: 400, older: 'day < $before' },
    revisions: { rule: 'changes' },
    activations: { rule: 'age', days: 30, older: 'updated_at < $before' },
    mode_changes: { rule: 'changes' },
    backtests: { rule: 'changes' },
    outbox: { rule: 'work' },
    quarantine_rules: { rule: 'changes' },
    violations: { rule: 'work' },
    quarantines: { rule: 'age', days: 400, older: 'until < $before' },
    alerts: { rule: 'age', days: 90, older: "state <> 'waiting' and created_at < $before" },
    agent_exchanges: { rule: 'age', days: 30, older: mintedBefore('exchange') },
    agent_tools: { rule: 'changes' },
    agent_steps: { rule: 'changes' },
    // Idle ones are folded into the totals with each one that is written.
    agent_sessions: { rule: 'work' },
    agent_totals: { rule: 'changes' },
    mcp_servers: { rule: 'age', days: 400, older: 'started_at < $before' },
    mcp_tools: { rule: 'changes' },
    mcp_decisions: { rule: 'changes' },
    anomalies: { rule: 'age', days: 400, older: 'found_at < $before' },
  },
  migrations: {
    '20261123T220000-policies': policies,
    '20261123T230000-keys': keys,
    '20261123T233000-activations': activations,
    '20261127T000500-history': history,
    '20261127T004000-backtests': backtests,
    '20261127T010000-quarantine': quarantine,
    '20261127T011000-alerts': alerts,
    '20261127T012000-agents': agents,
    '20261127T050000-pruning': pruning,
    '20261128T110000-table-rules': tableRules,
    '20261128T120000-revisions': revisions,
    '20261128T130000-floors': floors,
    '20261128T150000-callers': callers,
    '20261129T090000-quarantined-callers': quarantinedCallers,
    '20261129T091000-keys': keyChanges,
    '20261130T100000-mcp-tools': mcpTools,
    '20261204T140000-alert-queues': alertQueues,
  },
}
