import { anomalyKinds } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { limit, time } from '../fields.ts'

const anomalySchema = z
  .object({
    id: z.uuid(),
    tenant: z.string(),
    agent: z.string(),
    kind: z.enum(anomalyKinds),
    tool: z.string(),
    previous: z.string().nullable().describe('Of a sequence: the call before it in the session'),
    session: z.string(),
    exchange: z.string(),
    explanation: z.string(),
    baseline: z
      .object({ calls: z.int(), tools: z.int(), sessions: z.int(), mostCallsInASession: z.int() })
      .describe('What was seen of the agent before'),
    foundAt: time,
  })
  .meta({ id: 'Anomaly' })

const agentSchema = z
  .object({
    tenant: z.string(),
    agent: z.string(),
    calls: z.int(),
    sessions: z.int(),
    mostCallsInASession: z.int(),
    unread: z.int().describe('Responses that were too large to be looked at'),
    tools: z.array(z.object({ tool: z.string(), calls: z.int() })),
    steps: z.array(z.object({ previous: z.string(), tool: z.string(), times: z.int() })),
  })
  .meta({ id: 'AgentConduct' })

export const conduct = endpoints({
  'GET /v1/anomalies': {
    role: 'viewer',
    summary: 'What agents did that they had not done before, newest first',
    query: z.object({ agent: z.string().optional(), limit: limit(1_000, 100) }),
    response: z.object({ anomalies: z.array(anomalySchema) }),
  },
  'GET /v1/agents': {
    role: 'viewer',
    summary: 'Which tools each agent calls, and in which order: the baseline of its next calls',
    response: z.object({ agents: z.array(agentSchema) }),
  },
})
