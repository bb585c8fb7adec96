import { erasureReasonSchema, erasureSelectionSchema } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { idOf, limit, time } from '../fields.ts'

const holdSchema = z
  .object({
    id: z.uuid(),
    selection: erasureSelectionSchema,
    reason: z.string(),
    actor: z.string(),
    placedAt: time,
    releasedAt: time.nullable().describe('Null while it holds'),
    releasedBy: z.string().nullable(),
    releaseReason: z.string().nullable(),
  })
  .meta({ id: 'Hold' })

const params = z.object({ id: idOf('a legal hold', '`airs hold list` lists it') })

export const holds = endpoints({
  'POST /v1/holds': {
    role: 'admin',
    summary:
      'Place a legal hold: the exchanges that it names are kept whole, with those to come, whatever retention and erasures say',
    body: z.strictObject({
      selection: erasureSelectionSchema.describe(
        'Exchanges to which all of this applies; times are those of their requests',
      ),
      reason: erasureReasonSchema,
    }),
    status: 201,
    response: holdSchema.extend({
      exchanges: z.int().describe('That it names now'),
      erasedExchanges: z.int().describe('Of those, how many had their content erased before'),
    }),
  },
  'GET /v1/holds': {
    role: 'viewer',
    summary: 'Holds: first those that hold, newest first, then those that were released',
    query: z.object({ limit: limit(1_000, 100) }),
    response: z.object({ holds: z.array(holdSchema) }),
  },
  'POST /v1/holds/:id/release': {
    role: 'admin',
    summary: 'Release a hold: what is past its time, or was to be erased meanwhile, goes then',
    params,
    body: z.strictObject({ reason: erasureReasonSchema }),
    response: holdSchema,
    errors: { 404: ['not_found'], 409: ['hold_released'] },
  },
})
