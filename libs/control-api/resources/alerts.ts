import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { limit, time } from '../fields.ts'

const alertSchema = z
  .object({
    event: z.uuid(),
    type: z.string(),
    target: z.string().describe('Origin of the address'),
    state: z.enum(['waiting', 'delivered', 'failed', 'dropped']),
    attempts: z.int(),
    createdAt: time,
    endedAt: time.nullable(),
    lastError: z.string().nullable(),
  })
  .meta({ id: 'Alert' })

export const alerts = endpoints({
  'GET /v1/alerts': {
    role: 'viewer',
    summary: 'Alerts to webhooks of the last seven days, newest first',
    query: z.object({ limit: limit(1_000, 100) }),
    response: z.object({
      targets: z.array(z.string()).describe('Origins of the addresses that are configured'),
      counts: z.record(z.string(), z.int()).describe('Alerts by state'),
      alerts: z.array(alertSchema),
    }),
  },
})
