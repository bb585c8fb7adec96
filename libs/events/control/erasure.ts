import { z } from 'zod'
import { tenantPattern } from '../subjects.ts'
import { eventTypes } from '../types.ts'
import { actorSchema } from './actor.ts'

/** A text that JSON in Postgres can hold. */
const storable = (text: string) => text.isWellFormed() && !text.includes('\0')
export const nameSchema = z
  .string()
  .min(1)
  .max(1_024)
  .refine(storable, { error: 'has a NUL, or half of a character' })
export const erasureReasonSchema = nameSchema
/** Postgres has no year 0. */
const instantSchema = z.iso
  .datetime()
  .refine((text) => !text.startsWith('0000'), { error: 'is before the year 1' })

/** Which exchanges an erasure is about: those to which all of it applies. A name is as the client said it. */
export const erasureSelectionSchema = z
  .strictObject({
    exchange: z
      .string()
      .regex(/^[\x21-\x7e]{1,256}$/, 'is no id')
      .optional(),
    session: nameSchema.optional(),
    /** As in the envelope: `key:` and an id, or `credential:` and a fingerprint. */
    caller: z
      .string()
      .regex(/^(?:key|credential):[\w-]{1,128}$/, 'is no caller: key:ID or credential:FINGERPRINT')
      .optional(),
    agent: nameSchema.optional(),
    tag: nameSchema.optional(),
    tenant: z.string().regex(tenantPattern).optional(),
    /** First instant of a request that is included, and first that is not. */
    from: instantSchema.optional(),
    until: instantSchema.optional(),
  })
  .refine((selection) => Object.values(selection).some((value) => value !== undefined), {
    error: 'names nothing; name an exchange, session, caller, agent, tag, tenant or a time',
  })
export type ErasureSelection = z.infer<typeof erasureSelectionSchema>

/** The content of these exchanges is to be erased, of those that were requested until then. */
const erasureRequestedSchema = z.object({
  erasureId: z.uuid(),
  selection: erasureSelectionSchema,
  /** Last instant of a request that is included: a session that goes on is not erased in advance. */
  before: z.iso.datetime(),
  reason: nameSchema,
  actor: actorSchema,
})

/** The content is gone from the event store, from the streams, and from what was derived of it. */
const erasureCompletedSchema = z.object({
  erasureId: z.uuid(),
  exchanges: z.int().nonnegative(),
  events: z.int().nonnegative(),
  /** Pieces of content that exchanges use which are not erased: they are still there. */
  sharedContents: z.int().nonnegative(),
  /** Messages that were erased from streams. */
  messages: z.int().nonnegative(),
  /** Times of the events that were erased; absent where there were none. */
  first: z.iso.datetime().optional(),
  last: z.iso.datetime().optional(),
})

/** These exchanges are kept whole until the hold is released: no retention and no erasure touches them. */
const holdPlacedSchema = z.object({
  holdId: z.uuid(),
  selection: erasureSelectionSchema,
  reason: nameSchema,
  actor: actorSchema,
})

const holdReleasedSchema = z.object({ holdId: z.uuid(), reason: nameSchema, actor: actorSchema })

/** Data of events about erasures and holds. */
export const erasureSchemas = {
  [eventTypes.erasureRequested]: erasureRequestedSchema,
  [eventTypes.erasureCompleted]: erasureCompletedSchema,
  [eventTypes.holdPlaced]: holdPlacedSchema,
  [eventTypes.holdReleased]: holdReleasedSchema,
} as const
