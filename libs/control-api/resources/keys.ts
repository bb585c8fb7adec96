import { budgetPeriods, keyIdentitySchema, keyLimitsSchema } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { idOf, reason, time } from '../fields.ts'
import { activationSchema } from './policies.ts'

const fingerprint = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'is 32 hexadecimal digits, as `credential.fingerprint` of an event')

const usdMicros = z.int().nonnegative()

const keySchema = z
  .object({
    keyId: z.uuid(),
    name: z.string(),
    limits: keyLimitsSchema,
    fixed: keyIdentitySchema.describe('What holds of whoever presents the key, whatever its headers say'),
    spentUsdMicros: usdMicros.describe('In total'),
    budget: z
      .object({
        period: z.enum(budgetPeriods),
        usdMicros,
        spentUsdMicros: usdMicros.describe('In this period'),
        remainingUsdMicros: usdMicros,
        renewsAt: time.nullable().describe('When the next period begins; null: never'),
      })
      .nullable(),
    fingerprint: fingerprint.optional().describe('Where an existing credential was admitted'),
    formerUntil: time.nullable().describe('Until when the secret before the last rotation is accepted'),
    actor: z.string(),
    createdAt: time,
    changedAt: time.nullable(),
    revokedAt: time.nullable(),
  })
  .meta({ id: 'ClientKey' })

const params = z.object({ keyId: idOf('a client key', '`airs keys list` lists it') })

const editable = { ...keyLimitsSchema.shape, ...keyIdentitySchema.shape }
const edited = z.strictObject({
  name: z.string().min(1).max(128).optional(),
  reason: reason.optional(),
  ...(Object.fromEntries(Object.entries(editable).map(([name, field]) => [name, z.nullable(field)])) as {
    [Name in keyof typeof editable]: z.ZodNullable<(typeof editable)[Name]>
  }),
})

export const keys = endpoints({
  'GET /v1/keys': {
    role: 'viewer',
    summary:
      'Client keys, revoked ones included. Of a key itself nothing is stored that it could be read from',
    response: z.object({ keys: z.array(keySchema) }),
  },
  'GET /v1/keys/:keyId': {
    role: 'viewer',
    summary: 'One client key, with what is left of its budget',
    params,
    response: keySchema,
    errors: { 404: ['not_found'] },
  },
  'POST /v1/keys': {
    role: 'admin',
    summary: 'Make a client key, shown once; or admit an existing credential by its fingerprint',
    body: z.strictObject({
      name: z.string().min(1).max(128),
      fingerprint: fingerprint.optional(),
      ...editable,
    }),
    status: 201,
    response: z.object({
      keyId: z.uuid(),
      name: z.string(),
      key: z.string().optional().describe('Only here, and only where a key was made'),
      ingresses: activationSchema,
    }),
    errors: { 400: ['invalid_request'], 409: ['key_exists'] },
  },
  'PATCH /v1/keys/:keyId': {
    role: 'admin',
    summary:
      'Edit a client key: what is absent stays as it is, null removes it. Responds when every ingress admits by it',
    params,
    body: edited,
    response: keySchema.extend({ ingresses: activationSchema }),
    errors: { 400: ['invalid_request'], 404: ['not_found'], 409: ['key_revoked'] },
  },
  'POST /v1/keys/:keyId/rotate': {
    role: 'admin',
    summary:
      'Give a client key a new secret, shown once. The former secret is accepted until its grace period ends',
    params,
    body: z.strictObject({
      graceSeconds: z
        .int()
        .min(0)
        .max(30 * 86_400)
        .default(86_400)
        .describe('How long the former secret is accepted; 0: not at all'),
      fingerprint: fingerprint
        .optional()
        .describe('Of a key that admits an existing credential: the new one’s'),
    }),
    response: z.object({
      keyId: z.uuid(),
      name: z.string(),
      key: z.string().optional().describe('Only here, and only where a key was made'),
      formerUntil: time,
      ingresses: activationSchema,
    }),
    errors: { 404: ['not_found'], 409: ['fingerprint_needed', 'key_exists', 'key_revoked'] },
  },
  'DELETE /v1/keys/:keyId': {
    role: 'admin',
    summary: 'Revoke a client key. Responds when every ingress refuses it',
    params,
    response: z.object({ keyId: z.uuid(), ingresses: activationSchema }),
    errors: { 404: ['not_found'] },
  },
})
