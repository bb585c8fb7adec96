import { z } from 'zod'
import { eventTypes } from '../types.ts'
import { actorSchema } from './actor.ts'
import { nameSchema } from './erasure.ts'

/** Metadata is kept at least for so many days, unless somebody says in so many words that it is not. */
export const metadataFloorDays = 184
/** An event is redelivered as long as its stream keeps it, which is a week; what is dropped must not come again. */
export const leastMetadataDays = 8
const longestDays = 36_500

/** For how many days content and metadata are kept, from now on; null: for ever. It takes the place of what is configured. */
const retentionChangedSchema = z.object({
  contentDays: z.int().min(1).max(longestDays).nullable(),
  metadataDays: z.int().min(leastMetadataDays).max(longestDays).nullable(),
  reason: nameSchema,
  actor: actorSchema,
})

/** Traffic events that are about to be dropped, with all that is derived of them. What is named is in the log as it was. */
const dropSealedSchema = z.object({
  dropId: z.uuid(),
  /** The day (UTC) on which the event store took these events. */
  day: z.iso.date(),
  log: z.object({
    origin: z.string(),
    /** Leaves from the first that is dropped to behind the last, and the root of the log up to there. */
    firstLeaf: z.int().nonnegative(),
    untilLeaf: z.int().positive(),
    root: z.string(),
  }),
  events: z.int().positive(),
  /** Events of that day that stay: they are on hold, or hold content that later exchanges use. */
  kept: z.int().nonnegative(),
  requests: z.int().nonnegative(),
  refusedRequests: z.int().nonnegative(),
  outcomes: z.int().nonnegative(),
  /** Times of the first and the last of these events. */
  first: z.iso.datetime(),
  last: z.iso.datetime(),
  /** SHA-256 of the text of the signed record, which names each leaf. */
  recordSha256: z.string().regex(/^[0-9a-f]{64}$/),
  actor: actorSchema,
})

/** Data of events about retention. */
export const retentionSchemas = {
  [eventTypes.retentionChanged]: retentionChangedSchema,
  [eventTypes.dropSealed]: dropSealedSchema,
} as const
