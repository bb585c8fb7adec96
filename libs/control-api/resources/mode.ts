import { modeSchema } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { limit, reason, time } from '../fields.ts'
import { changedSchema } from './policies.ts'

const changeSchema = z
  .object({
    mode: modeSchema,
    reason: z.string(),
    message: z.string().nullable().describe('What clients read while all traffic is refused'),
    actor: z.string(),
    changedAt: time,
  })
  .meta({ id: 'ModeChange' })

export const mode = endpoints({
  'GET /v1/mode': {
    role: 'viewer',
    summary: 'The global mode, who set it and why',
    response: z
      .object({
        ...changeSchema.shape,
        actor: z.string().optional(),
        changedAt: time.optional(),
        setVersion: z.int(),
      })
      .meta({ id: 'Mode' }),
  },
  'GET /v1/mode/history': {
    role: 'viewer',
    summary: 'Changes of the global mode, newest first',
    query: z.object({ limit: limit(1_000, 100) }),
    response: z.object({ changes: z.array(changeSchema) }),
  },
  'PUT /v1/mode': {
    role: 'operator',
    summary:
      'Set the global mode: stop refuses all traffic, off bypasses all policies. Responds when every ingress has it',
    body: z.strictObject({
      mode: modeSchema,
      reason: reason.default(''),
      message: z
        .string()
        .min(1)
        .max(1_000)
        .optional()
        .describe('What clients read while all traffic is refused; for mode stop'),
    }),
    response: changedSchema.extend({ mode: modeSchema, changed: z.boolean() }),
  },
})
