import { z } from 'zod'
import { endpoints } from '../endpoint.ts'

const readinessSchema = z
  .object({
    ready: z.boolean(),
    checks: z.record(z.string(), z.object({ ready: z.boolean(), reason: z.string().optional() })),
    notes: z
      .record(z.string(), z.string())
      .optional()
      .describe('What a person should know although it is ready'),
  })
  .meta({ id: 'ServiceReadiness' })

const overallSchema = z
  .object({
    ready: z.boolean(),
    environment: z
      .string()
      .optional()
      .describe('Name of this installation, as `AIRS_ENVIRONMENT` gives it; absent where it is not set'),
    services: z.record(z.string(), readinessSchema.extend({ url: z.string() })),
  })
  .meta({ id: 'Readiness' })

export const health = endpoints({
  'GET /healthz': {
    role: 'anyone',
    summary: 'The process responds',
    response: z.object({ status: z.literal('ok') }),
  },
  'GET /readyz': {
    role: 'anyone',
    summary: 'Health of the whole: every service, and what is missing. Status 503 while something is',
    response: overallSchema,
    otherwise: { 503: overallSchema },
  },
  'GET /metrics': {
    role: 'anyone',
    summary: 'Metrics of the console, as Prometheus reads them',
    writes: ['text/plain'],
  },
  'GET /openapi.json': {
    role: 'anyone',
    summary: 'This document',
    response: z.record(z.string(), z.unknown()),
  },
})
