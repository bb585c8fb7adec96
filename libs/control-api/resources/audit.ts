import { journalProgressSchema } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { time } from '../fields.ts'

export const audit = endpoints({
  'GET /v1/audit': {
    role: 'viewer',
    summary: 'What is recorded, and how complete it is',
    query: z.object({
      journals: z
        .enum(['newest', 'all'])
        .default('newest')
        .describe('Which journals without a gap are listed; those with one always are'),
    }),
    response: z
      .object({
        events: z.int().describe('Estimated once there are more than 200,000'),
        openExchanges: z.int().describe('Exchanges whose outcome has not arrived'),
        abandonedExchanges: z.int().describe('Exchanges that were closed because their outcome never came'),
        gaps: z
          .object({ open: z.int(), lostEvents: z.int() })
          .describe('Places in journals where events are missing: still awaited, or destroyed'),
        journals: z.array(journalProgressSchema.extend({ journal: z.string() })),
        completeJournals: z.int().describe('Journals without a gap, those that are not listed included'),
        streams: z
          .array(
            z.object({
              stream: z.string(),
              bytes: z.int(),
              maxBytes: z.int().nullable().describe('What it may hold; then the oldest go'),
              messages: z.int(),
            }),
          )
          .describe('How full the streams of JetStream are; empty while it does not respond'),
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
