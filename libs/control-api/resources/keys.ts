import { keyLimitsSchema } from '@airs-cp/events'
import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { time } from '../fields.ts'
import { activationSchema } from './policies.ts'

const fingerprint = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'is 32 hexadecimal digits, as `credential.fingerprint` of an event')

const keySchema = z
  .object({
    keyId: z.uuid(),
    name: z.string(),
    limits: keyLimitsSchema,
    spentUsdMicros: z.int(),
    fingerprint: fingerprint.optional().describe('Where an existing credential was admitted'),
    actor: z.string(),
    createdAt: time,
    revokedAt: time.nullable(),
  })
  .meta({ id: 'ClientKey' })

export const keys = endpoints({
  'GET /v1/keys': {
    role: 'viewer',
    summary:
      'Client keys, revoked ones included. Of a key itself nothing is stored that it could be read from',
    response: z.object({ keys: z.array(keySchema) }),
  },
  'POST /v1/keys': {
    role: 'admin',
    summary: 'Make a client key, shown once; or admit an existing credential by its fingerprint',
    body: z.strictObject({
      name: z.string().min(1).max(128),
      fingerprint: fingerprint.optional(),
      ...keyLimitsSchema.shape,
    }),
    status: 201,
    response: z.object({
      keyId: z.uuid(),
      name: z.string(),
      key: z.string().optional().describe('Only here, and only where a key was made'),
      ingresses: activationSchema,
    }),
    errors: { 409: ['key_exists'] },
  },
  'DELETE /v1/keys/:keyId': {
    role: 'admin',
    summary: 'Revoke a client key. Responds when every ingress refuses it',
    params: z.object({ keyId: z.uuid() }),
    response: z.object({ keyId: z.uuid(), ingresses: activationSchema }),
    errors: { 404: ['not_found'] },
  },
})
