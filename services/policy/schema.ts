import type { SchemaDefinition } from '@airs-cp/postgres'
import * as policies from './migrations/20261123T220000-policies.ts'
import * as keys from './migrations/20261123T230000-keys.ts'
import * as activations from './migrations/20261123T233000-activations.ts'
import * as history from './migrations/20261127T000500-history.ts'
import * as backtests from './migrations/20261127T004000-backtests.ts'
import * as quarantine from './migrations/20261127T010000-quarantine.ts'
import * as alerts from './migrations/20261127T011000-alerts.ts'
import * as agents from './migrations/20261127T012000-agents.ts'
import * as pruning from './migrations/20261127T050000-pruning.ts'

export const policySchema: SchemaDefinition = {
  schema: 'policy',
  role: 'airs_policy',
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
  },
}
