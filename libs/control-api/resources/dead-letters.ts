import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { flag, integer, limit, time } from '../fields.ts'

const service = z.enum(['policy', 'audit', 'lineage', 'export'])

const deadLetterSchema = z
  .object({
    id: z.int(),
    projection: z.string(),
    eventId: z.string(),
    subject: z.string(),
    error: z.string(),
    failedAt: time,
    attempts: z.int(),
    replayedAt: time.nullable().describe('Null while it waits'),
  })
  .describe('An event that a service could not apply')
  .meta({ id: 'DeadLetter' })

export const deadLetters = endpoints({
  'GET /v1/dead-letters/:service': {
    role: 'viewer',
    summary: 'Events that could not be applied, newest first, with the reason',
    params: z.object({ service }),
    query: z.object({
      replayed: flag.default('false').describe('With those that were applied in the end'),
      limit: limit(1_000, 100),
    }),
    response: z.object({ service, deadLetters: z.array(deadLetterSchema) }),
    errors: { 404: ['route_unknown'] },
  },
  'POST /v1/dead-letters/:service/:id/replay': {
    role: 'operator',
    summary: 'Try to apply an event again',
    params: z.object({ service, id: integer(1) }),
    response: z.object({ applied: z.boolean(), error: z.string().optional() }),
    errors: { 404: ['not_found', 'route_unknown'] },
  },
})
