import { defaultQuarantineRule, quarantineRuleSchema, tenantPattern } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { flag, limit, reason, time } from '../fields.ts'
import { activationSchema } from './policies.ts'

const maxSeconds = 365 * 86_400
const seconds = z.int().min(1).max(maxSeconds)
const tenant = z.string().regex(tenantPattern)
const caller = z
  .string()
  .regex(/^(key|credential):[\x21-\x7e]{1,128}$/, 'is key: and an id, or credential: and a fingerprint')
  .describe('Whose session; absent: whoever’s')
const params = z.object({ session: z.string().min(1).max(256) })

const quarantineSchema = z
  .object({
    tenant: z.string(),
    session: z.string(),
    caller: z.string().nullable().describe('Whose session; null: whoever’s'),
    state: z.enum(['quarantined', 'expired', 'released']),
    quarantinedAt: time,
    until: time,
    cause: z
      .enum(['threshold', 'policy', 'manual'])
      .describe('`threshold`: it broke the rule; `policy`: a policy says so; `manual`: a person did'),
    reason: z.string(),
    policy: z.string().nullable(),
    exchange: z.string().nullable(),
    violations: z.int().nullable(),
    actor: z.string(),
    releasedAt: time.nullable(),
    releasedBy: z.string().nullable(),
    releaseReason: z.string().nullable(),
  })
  .meta({ id: 'Quarantine' })

export const quarantine = endpoints({
  'GET /v1/quarantine': {
    role: 'viewer',
    summary: 'Sessions in quarantine, newest first; with all=true those that are over too',
    query: z.object({ all: flag.default('false'), limit: limit(1_000, 100) }),
    response: z.object({ rule: quarantineRuleSchema, sessions: z.array(quarantineSchema) }),
  },
  'PUT /v1/quarantine/rule': {
    role: 'operator',
    summary:
      'After how many violations within which time a session is quarantined, and for how long; 0: never',
    body: z.strictObject({
      violations: z.int().min(0).max(1_000),
      withinSeconds: seconds.default(defaultQuarantineRule.withinSeconds),
      forSeconds: seconds.default(defaultQuarantineRule.forSeconds),
      reason: reason.default(''),
    }),
    response: quarantineRuleSchema,
  },
  'PUT /v1/quarantine/sessions/:session': {
    role: 'operator',
    summary: 'Quarantine a session. Responds when every ingress refuses it',
    params,
    body: z.strictObject({
      reason: reason.default(''),
      tenant: tenant.default('default'),
      caller: caller.optional(),
      forSeconds: seconds.optional(),
    }),
    response: quarantineSchema.extend({ ingresses: activationSchema }),
  },
  'DELETE /v1/quarantine/sessions/:session': {
    role: 'operator',
    summary: 'Release a session from quarantine. Responds when every ingress admits it',
    params,
    query: z.object({ reason: reason.default(''), tenant: tenant.optional(), caller: caller.optional() }),
    response: z.object({
      released: z.array(z.object({ tenant: z.string(), session: z.string(), caller: z.string().nullable() })),
      ingresses: activationSchema,
    }),
    errors: { 404: ['not_found'] },
  },
})
