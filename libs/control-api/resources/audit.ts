import { journalProgressSchema } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { time } from '../fields.ts'

export const audit = endpoints({
  'GET /v1/audit': {
    role: 'viewer',
    summary: 'What is recorded, and how complete it is',
    response: z
      .object({
        events: z.int().describe('Estimated once there are more than a million'),
        openExchanges: z.int().describe('Exchanges whose outcome has not arrived'),
        abandonedExchanges: z.int().describe('Exchanges that were closed because their outcome never came'),
        gaps: z
          .object({ open: z.int(), lostEvents: z.int() })
          .describe('Places in journals where events are missing: still awaited, or destroyed'),
        journals: z.array(journalProgressSchema.extend({ journal: z.string() })),
      })
      .meta({ id: 'AuditSummary' }),
  },
  'GET /v1/audit/open-exchanges': {
    role: 'viewer',
    summary: 'Exchanges whose outcome has not arrived, oldest first; a thousand at most',
    response: z.object({
      exchanges: z.array(
        z
          .object({ exchange: z.string(), session: z.string().nullable(), tenant: z.string(), time })
          .meta({ id: 'OpenExchange' }),
      ),
    }),
  },
})
