import { settingInForceSchema } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { time } from '../fields.ts'

const service = z.enum(['policy', 'audit', 'lineage', 'export'])

export const projectionSchema = z
  .object({
    projection: z.string(),
    connected: z.boolean(),
    pending: z.int().describe('Events in the stream that are not applied yet'),
    lagMs: z
      .number()
      .describe(
        'From when the event applied last came into the stream to when it was applied; 0 while none waits',
      ),
    applied: z.int().describe('Since the service started'),
    deadLetters: z.int().describe('Since the service started'),
  })
  .meta({ id: 'ProjectionState' })

export const settingSchema = settingInForceSchema
  .extend({
    name: z.string().describe('Of the environment variable'),
    value: z.string().nullable().describe('In force; null: not set, or a secret, which is never shown'),
    isSet: z.boolean().describe('Somebody set it; otherwise it is the default'),
  })
  .meta({ id: 'Setting' })

export const services = endpoints({
  'GET /v1/services/:service': {
    role: 'viewer',
    summary: 'A service as it runs: how far its projections are, and its configuration without secrets',
    params: z.object({ service }),
    response: z
      .object({
        service,
        startedAt: time,
        projections: z.array(projectionSchema),
        settings: z.array(settingSchema),
      })
      .meta({ id: 'ServiceState' }),
    errors: { 404: ['not_found', 'route_unknown'] },
  },
})
