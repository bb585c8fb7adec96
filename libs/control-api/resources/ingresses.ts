import { ingressUpstreamSchema, recordingModeSchema } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { time } from '../fields.ts'
import { settingSchema } from './services.ts'

export const upstreamSchema = ingressUpstreamSchema.meta({ id: 'Upstream' })

export const ingresses = endpoints({
  'GET /v1/ingresses': {
    role: 'viewer',
    summary:
      'Ingress processes that have started and were not replaced, newest first: upstreams and configuration',
    response: z.object({
      ingresses: z.array(
        z
          .object({
            source: z.string().describe('`source` of its events'),
            startedAt: time,
            recording: recordingModeSchema,
            upstreams: z.array(upstreamSchema).describe('Empty: it reports none'),
            settings: z.array(settingSchema).describe('Empty: it reports none'),
          })
          .meta({ id: 'Ingress' }),
      ),
    }),
  },
})
