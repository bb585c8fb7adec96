import { anomalyKinds } from '@airs-cp/events'
import type { Api } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { PolicyTables } from '../tables.ts'
import { listAgents, listAnomalies } from './anomalies.ts'

const anomalySchema = z.object({
  id: z.uuid(),
  tenant: z.string(),
  agent: z.string(),
  kind: z.enum(anomalyKinds),
  tool: z.string(),
  previous: z.string().nullable(),
  session: z.string(),
  exchange: z.string(),
  explanation: z.string(),
  baseline: z.record(z.string(), z.int()),
  foundAt: z.iso.datetime(),
})
const agentSchema = z.object({
  tenant: z.string(),
  agent: z.string(),
  calls: z.int(),
  sessions: z.int(),
  mostCallsInASession: z.int(),
  unread: z.int().describe('Answers that were too large to be looked at'),
  tools: z.array(z.object({ tool: z.string(), calls: z.int() })),
  steps: z.array(z.object({ previous: z.string(), tool: z.string(), times: z.int() })),
})

export function addAnomalyRoutes({ route }: Api, database: Kysely<PolicyTables>): void {
  route(
    'get',
    '/v1/anomalies',
    {
      role: 'viewer',
      summary: 'What agents did that they had not done before, newest first',
      query: z.object({
        agent: z.string().optional(),
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
      }),
      answer: z.object({ anomalies: z.array(anomalySchema) }),
    },
    async ({ query }) => ({ anomalies: await listAnomalies(database, query) }),
  )
  route(
    'get',
    '/v1/agents',
    {
      role: 'viewer',
      summary: 'Which tools each agent calls, and in which order: what its next calls are held against',
      answer: z.object({ agents: z.array(agentSchema) }),
    },
    async () => ({ agents: await listAgents(database) }),
  )
}
