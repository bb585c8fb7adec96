import type { SchemaDefinition } from '@airs-cp/postgres'
import * as policies from './migrations/20261123T220000-policies.ts'

export const policySchema: SchemaDefinition = {
  schema: 'policy',
  role: 'airs_policy',
  migrations: { '20261123T220000-policies': policies },
}
