import { eventTypes } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { flag, idOf, instant, integer, limit } from '../fields.ts'

/** An event of a later version may have a type and fields that this one does not know. */
const recordedEventSchema = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: z.string(),
    type: z.string(),
    source: z.string(),
    time: z.string(),
  })
  .describe('A CloudEvents document, exactly as recorded: its fields are described with the events')
  .meta({ id: 'RecordedEvent' })

const content = flag
  .optional()
  .describe(
    'Whether events come with their content. A token with role reader gets it unless this is false, and each such read is an event; others get events without it',
  )

export const events = endpoints({
  'GET /v1/events': {
    role: 'viewer',
    summary: 'Search recorded events; `next` continues as `after`',
    query: z.object({
      from: instant.optional().describe('First instant included'),
      until: instant.optional().describe('First instant not included'),
      type: z.enum(Object.values(eventTypes)).optional(),
      session: z.string().optional(),
      exchange: z.string().optional(),
      content,
      limit: limit(1_000, 100),
      order: z
        .enum(['ascending', 'descending'])
        .default('descending')
        .describe('By arrival, or with `from` or `until` by time'),
      after: integer(-Number.MAX_SAFE_INTEGER).optional(),
    }),
    response: z.object({
      events: z.array(recordedEventSchema),
      next: z.int().nullable().describe('Null on the last page'),
    }),
    writes: ['application/json'],
  },
  'GET /v1/events/:id': {
    role: 'viewer',
    summary: 'One event, exactly as recorded; without its content for a viewer',
    params: z.object({ id: idOf('an event', '`airs events` and `airs exchanges show` name it') }),
    query: z.object({ content }),
    response: recordedEventSchema,
    writes: ['application/cloudevents+json'],
    errors: { 404: ['not_found'] },
  },
})
