import {
  defaultQuarantineRule,
  quarantineRuleSchema,
  quarantineTargetSchema,
  tenantPattern,
} from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { flag, limit, reason, time } from '../fields.ts'
import { activationSchema } from './policies.ts'

const maxSeconds = 365 * 86_400
const seconds = z.int().min(1).max(maxSeconds)
const tenant = z.string().regex(tenantPattern)
const anyCaller = z
  .string()
  .regex(/^(key|credential):[\x21-\x7e]{1,128}$/, 'is key: and an id, or credential: and a fingerprint')
const caller = anyCaller.describe('Whose session; absent: whoever’s')
const params = z.object({ session: z.string().min(1).max(256) })
const callerParams = z.object({ caller: anyCaller })

const stateOf = (target: string) =>
  z.object({
    state: z.enum(['quarantined', 'expired', 'released']),
    quarantinedAt: time,
    until: time,
    cause: z
      .enum(['threshold', 'policy', 'manual'])
      .describe(
        `\`threshold\`: the ${target} broke the rule; \`policy\`: a policy says so; \`manual\`: a person did`,
      ),
    reason: z.string(),
    policy: z.string().nullable(),
    exchange: z.string().nullable(),
    violations: z.int().nullable(),
    actor: z.string(),
    releasedAt: time.nullable(),
    releasedBy: z.string().nullable(),
    releaseReason: z.string().nullable(),
  })

const quarantineSchema = z
  .object({
    tenant: z.string(),
    session: z.string(),
    caller: z.string().nullable().describe('Whose session; null: whoever’s'),
    ...stateOf('session').shape,
  })
  .meta({ id: 'Quarantine' })

const callerQuarantineSchema = z
  .object({
    caller: z.string().describe('`key:` and the id of a client key, or `credential:` and a fingerprint'),
    ...stateOf('caller').shape,
  })
  .meta({ id: 'CallerQuarantine' })

export const quarantine = endpoints({
  'GET /v1/quarantine': {
    role: 'viewer',
    summary: 'Sessions and callers in quarantine, newest first; with all=true those that are over too',
    query: z.object({ all: flag.default('false'), limit: limit(1_000, 100) }),
    response: z.object({
      rule: quarantineRuleSchema,
      sessions: z.array(quarantineSchema),
      callers: z.array(callerQuarantineSchema),
    }),
  },
  'PUT /v1/quarantine/rule': {
    role: 'operator',
    summary:
      'After how many violations within which time a session or caller is quarantined, and for how long; 0: never',
    body: z.strictObject({
      violations: z.int().min(0).max(1_000),
      withinSeconds: seconds.default(defaultQuarantineRule.withinSeconds),
      forSeconds: seconds.default(defaultQuarantineRule.forSeconds),
      target: quarantineTargetSchema.default(defaultQuarantineRule.target),
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
  'PUT /v1/quarantine/callers/:caller': {
    role: 'operator',
    summary:
      'Quarantine a client key or credential in all of its sessions. Responds when every ingress refuses it',
    params: callerParams,
    body: z.strictObject({ reason: reason.default(''), forSeconds: seconds.optional() }),
    response: callerQuarantineSchema.extend({ ingresses: activationSchema }),
  },
  'DELETE /v1/quarantine/callers/:caller': {
    role: 'operator',
    summary: 'Release a client key or credential from quarantine. Responds when every ingress admits it',
    params: callerParams,
    query: z.object({ reason: reason.default('') }),
    response: z.object({ caller: z.string(), ingresses: activationSchema }),
    errors: { 404: ['not_found'] },
  },
})
