import { z } from 'zod'
import { eventTypes } from '../types.ts'
import { actorSchema } from './actor.ts'

/** Somebody brings in events of another instance. Its id follows from the digest: once per file, however often it is brought. */
const importBegunSchema = z.object({
  importId: z.uuid(),
  /** Of the file's events, uncompressed. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().nonnegative(),
  events: z.int().nonnegative(),
  /** The texts in which the events are sent, as a Merkle tree (RFC 9162): no other text belongs to this import. */
  parts: z.object({ count: z.int().nonnegative(), root: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
  actor: actorSchema,
})
export type ImportBegun = z.infer<typeof importBegunSchema>

/** Events `from` to `to` (inclusive) of a journal have not arrived within the grace time. */
const journalGapSchema = z.object({
  journal: z.string(),
  from: z.int().positive(),
  to: z.int().positive(),
})

/**
 * The event store has a dead letter instead of this event of a journal. Nobody waits for it any more; when the dead
 * letter is replayed with success the event takes its place.
 */
const eventBuriedSchema = z.object({
  journal: z.string(),
  sequence: z.int().positive(),
  /** Id of the event, as far as it can be read. */
  event: z.string(),
  /** SHA-256 of the bytes that the dead letter holds. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  error: z.string(),
})
export type EventBuried = z.infer<typeof eventBuriedSchema>

/** Somebody has read content, or is about to. */
const contentReadSchema = z.object({
  actor: actorSchema,
  role: z.string(),
  /** `events`: recorded events; `conversation`: what was said in an exchange; `search`: exchanges in which something was said. */
  what: z.enum(['events', 'conversation', 'search', 'receipt']),
  /** Ids of the events or exchanges. */
  ids: z.array(z.string()).max(1_000),
})
export type ContentRead = z.infer<typeof contentReadSchema>

/** Data of events about imports, gaps, dead letters and reads of content. */
export const recordSchemas = {
  [eventTypes.importBegun]: importBegunSchema,
  [eventTypes.eventBuried]: eventBuriedSchema,
  [eventTypes.journalGapFound]: journalGapSchema,
  [eventTypes.journalGapClosed]: journalGapSchema,
  [eventTypes.contentRead]: contentReadSchema,
} as const
