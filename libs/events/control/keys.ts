import { z } from 'zod'
import { budgetPeriods } from '../budget-period.ts'
import { tenantPattern } from '../subjects.ts'
import { eventTypes } from '../types.ts'
import { actorSchema } from './actor.ts'

/** What a client key may do. Absent limits do not limit. */
export const keyLimitsSchema = z.object({
  /** Model names as clients say them; `*` stands for any run of characters. */
  models: z.array(z.string().min(1)).min(1).optional(),
  providers: z.array(z.string().min(1)).min(1).optional(),
  expiresAt: z.iso.datetime().optional(),
  requestsPerMinute: z.int().positive().optional(),
  tokensPerMinute: z.int().positive().optional(),
  budgetUsdMicros: z.int().positive().optional(),
  /** Absent: `total`. */
  budgetPeriod: z.enum(budgetPeriods).optional(),
})
export type KeyLimits = z.infer<typeof keyLimitsSchema>

/** What the operator says of whoever presents a key. A client's own headers do not count against it. */
export const keyIdentitySchema = z.object({
  tenant: z.string().regex(tenantPattern).optional(),
  agent: z.string().min(1).max(256).optional(),
  tags: z.array(z.string().min(1).max(256)).max(32).optional(),
})
export type KeyIdentity = z.infer<typeof keyIdentitySchema>

const hexDigest = z.string().regex(/^[0-9a-f]{32,64}$/)

/** `sha256`: of a key that was generated here. `fingerprint`: an existing credential, as events name it. */
export const keyMatchSchema = z.union([z.object({ sha256: hexDigest }), z.object({ fingerprint: hexDigest })])
export type KeyMatch = z.infer<typeof keyMatchSchema>

/** A key that an app presents to the ingress; of the key itself only a digest is ever recorded. */
export const keyCreatedSchema = z.object({
  keyId: z.uuid(),
  name: z.string().min(1).max(128),
  match: keyMatchSchema,
  limits: keyLimitsSchema,
  fixed: keyIdentitySchema.optional(),
  actor: actorSchema,
})

/** What is absent stays as it was; what is there replaces the former value as a whole. */
const keyChangedSchema = z.object({
  keyId: z.uuid(),
  name: z.string().min(1).max(128).optional(),
  limits: keyLimitsSchema.optional(),
  fixed: keyIdentitySchema.optional(),
  reason: z.string().optional(),
  actor: actorSchema,
})

/** Another secret or credential stands for the key; the one before is still accepted until then. */
const keyRotatedSchema = z.object({
  keyId: z.uuid(),
  match: keyMatchSchema,
  formerUntil: z.iso.datetime(),
  actor: actorSchema,
})

const keyRevokedSchema = z.object({ keyId: z.uuid(), actor: actorSchema })

/** Data of events about client keys. */
export const keySchemas = {
  [eventTypes.keyCreated]: keyCreatedSchema,
  [eventTypes.keyChanged]: keyChangedSchema,
  [eventTypes.keyRotated]: keyRotatedSchema,
  [eventTypes.keyRevoked]: keyRevokedSchema,
} as const
