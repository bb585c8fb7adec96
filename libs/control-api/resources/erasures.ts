import { erasureReasonSchema, erasureSelectionSchema } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { idOf, limit, time } from '../fields.ts'

const erasureSchema = z
  .object({
    id: z.uuid(),
    selection: erasureSelectionSchema,
    before: time.describe('Last instant of a request that is included'),
    reason: z.string(),
    actor: z.string(),
    requestedAt: time,
    state: z
      .enum(['selecting', 'erasing', 'purging', 'completed'])
      .describe('One that is completed goes on when an event arrives late that it is about'),
    completedAt: time.nullable(),
    problem: z.string().nullable().describe('Why it does not go on, and what to do'),
    exchanges: z.int(),
    erasedExchanges: z.int(),
    events: z.int().describe('Whose content is gone; their facts are left, and provable'),
    sharedContents: z
      .int()
      .describe('Pieces of content that were kept, because exchanges that are not erased use them too'),
    heldExchanges: z
      .int()
      .describe(
        'Exchanges that were passed over because they are on hold; they go when the hold is released',
      ),
    messages: z.int().describe('That were overwritten in the streams'),
  })
  .meta({ id: 'Erasure' })

const selection = erasureSelectionSchema.describe(
  'Exchanges to which all of this applies; times are those of their requests',
)

export const erasures = endpoints({
  'POST /v1/erasures': {
    role: 'admin',
    summary:
      'Erase the content of exchanges for ever. What is left proves that they were, when, how large, and what was decided',
    body: z.strictObject({ selection, reason: erasureReasonSchema }),
    status: 202,
    response: erasureSchema,
  },
  'POST /v1/erasure-previews': {
    role: 'admin',
    summary: 'Count what an erasure would be about; nothing is erased',
    body: z.strictObject({ selection }),
    response: z.object({
      exchanges: z.int(),
      sessions: z.int(),
      events: z.int(),
      bytes: z.int().describe('Of these events, as they are recorded'),
      alreadyErased: z.int().describe('Exchanges, beside those that are counted'),
      heldExchanges: z.int().describe('Exchanges on hold, beside those that are counted'),
      first: time.nullable().describe('Time of the first event'),
      last: time.nullable(),
    }),
  },
  'GET /v1/erasures': {
    role: 'viewer',
    summary: 'Erasures, newest first',
    query: z.object({ limit: limit(1_000, 100) }),
    response: z.object({ erasures: z.array(erasureSchema) }),
  },
  'GET /v1/erasures/:id': {
    role: 'viewer',
    summary: 'State of an erasure',
    params: z.object({ id: idOf('an erasure', '`airs erasures` lists it') }),
    response: erasureSchema,
    errors: { 404: ['not_found'] },
  },
})
