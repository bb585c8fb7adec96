import { contract } from '@airs-cp/control-api'
import type { Api } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import type { PolicyTables } from '../tables.ts'
import { listAgents, listAnomalies } from './anomalies.ts'

export function addAnomalyRoutes(api: Api, database: Kysely<PolicyTables>): void {
  api.implement(contract.policy.conduct, {
    'GET /v1/anomalies': async ({ query }) => ({ anomalies: await listAnomalies(database, query) }),
    'GET /v1/agents': async () => ({ agents: await listAgents(database) }),
  })
}
