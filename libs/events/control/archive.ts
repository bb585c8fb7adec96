import { z } from 'zod'
import { eventTypes } from '../types.ts'
import { actorSchema } from './actor.ts'

/**
 * A part of the transparency log: all that the event store took on a day (UTC), and what of the days before had no leaf when those
 * were cut off. Days follow each other without a gap.
 */
const archivableDaySchema = z.object({
  day: z.iso.date(),
  /** Which log of this store, counted from 1. */
  generation: z.int().positive(),
  /** First leaf, and first behind it. */
  from: z.int().nonnegative(),
  until: z.int().positive(),
})

const archiveRequestedSchema = z.object({
  days: z
    .array(
      archivableDaySchema.extend({
        /** So many of its events were dropped before: it cannot be archived. */
        dropped: z.int().positive().optional(),
      }),
    )
    .min(1)
    .max(1_000),
  /** `erased`: the archived file holds content that was erased since. */
  reason: z.enum(['erased']).optional(),
  actor: actorSchema,
})
export type ArchiveRequested = z.infer<typeof archiveRequestedSchema>

const dayArchivedSchema = archivableDaySchema.extend({
  /** How often the day was asked for. */
  attempt: z.int().positive(),
  rows: z.int().positive(),
  bytes: z.int().nonnegative(),
  sha256: z.string(),
  /** What the file claims of itself, as it stands beside it. */
  manifest: z.record(z.string(), z.unknown()),
  /** When what it holds was read; what is erased later is still in it. */
  asOf: z.iso.datetime(),
})

const archiveFailedSchema = z.object({
  day: z.iso.date(),
  attempt: z.int().positive(),
  error: z.string(),
})
export type ArchiveFailed = z.infer<typeof archiveFailedSchema>

/** Somebody gets the file of an archived day. */
const archiveReadSchema = z.object({ day: z.iso.date(), actor: actorSchema, role: z.string() })

/** Data of events about the archive. */
export const archiveSchemas = {
  [eventTypes.archiveRequested]: archiveRequestedSchema,
  [eventTypes.dayArchived]: dayArchivedSchema,
  [eventTypes.archiveFailed]: archiveFailedSchema,
  [eventTypes.archiveRead]: archiveReadSchema,
} as const
