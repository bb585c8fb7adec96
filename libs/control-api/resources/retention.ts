import { erasureReasonSchema, leastMetadataDays, metadataFloorDays } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { limit, time } from '../fields.ts'

const days = z.int().min(1).max(36_500).nullable()
const contentDays = days.describe('Content of exchanges is erased when so many days are over; null: never')
const metadataDays = days.describe(
  'Traffic events are dropped, with all that was derived of them, when so many days are over; null: never',
)

const dropSchema = z
  .object({
    id: z.uuid(),
    day: z.iso.date().describe('On which the event store took the events (UTC)'),
    state: z
      .enum(['sealed', 'announced', 'dropped'])
      .describe(
        '`sealed`: nothing is deleted yet; `announced`: the log has its event, and events are being deleted',
      ),
    events: z.int(),
    kept: z
      .int()
      .describe('Events of that day that stayed: on hold, or with content that later exchanges use'),
    first: time.describe('Time of the first event'),
    last: time,
    firstLeaf: z.int().describe('Of the log, that is dropped'),
    untilLeaf: z.int().describe('First leaf behind them'),
    sealedAt: time,
    completedAt: time.nullable(),
  })
  .meta({ id: 'Drop' })

const retentionSchema = z
  .object({
    contentDays,
    metadataDays,
    floorDays: z.int().describe('Least days of metadata, unless it is lowered in so many words'),
    setBy: z
      .object({ actor: z.string(), reason: z.string(), at: time })
      .nullable()
      .describe('Null: as it is configured'),
    holds: z.int().describe('That hold now'),
    droppedDays: z.int(),
    droppedEvents: z.int(),
    problem: z.string().nullable().describe('Why nothing is dropped for now'),
  })
  .meta({ id: 'Retention' })

export const retention = endpoints({
  'GET /v1/retention': {
    role: 'viewer',
    summary: 'For how long content and metadata are kept, and how much was dropped',
    response: retentionSchema,
  },
  'PUT /v1/retention': {
    role: 'admin',
    summary: 'Set for how long content and metadata are kept, in place of what is configured',
    body: z.strictObject({
      contentDays,
      metadataDays,
      belowFloor: z
        .boolean()
        .default(false)
        .describe(
          `Needed for less than ${metadataFloorDays} days of metadata; less than ${leastMetadataDays} is not possible`,
        ),
      reason: erasureReasonSchema,
    }),
    response: retentionSchema,
    errors: { 409: ['below_floor'] },
  },
  'GET /v1/retention/drops': {
    role: 'viewer',
    summary: 'Days that were dropped, newest first',
    query: z.object({ limit: limit(1_000, 100) }),
    response: z.object({ drops: z.array(dropSchema) }),
  },
  'GET /v1/retention/drops/:id/record': {
    role: 'viewer',
    summary: 'The signed record of a drop: it names each leaf (docs/log-format.md)',
    params: z.object({ id: z.uuid() }),
    writes: ['text/plain'],
    errors: { 404: ['not_found'] },
  },
})
