import { z } from 'zod'
import { eventTypes } from '../types.ts'
import { actorSchema } from './actor.ts'

/** A transparency log begins that names the one before, which could not go on: its last signed checkpoint. */
const logBegunSchema = z.object({
  origin: z.string(),
  predecessor: z.string().nullable(),
  reason: z.string(),
  actor: actorSchema,
})

/** The transparency log signs with these keys from now on. */
const logKeysChangedSchema = z.object({
  origin: z.string(),
  /** C2SP verifier keys. */
  keys: z.array(z.string()),
  actor: actorSchema,
})

/** The transparency log stands still, or lacks its witnesses; or does so no longer. */
const logProblemSchema = z.object({ origin: z.string().nullable(), problem: z.string() })

/** Data of events about the transparency log. */
export const logSchemas = {
  [eventTypes.logBegun]: logBegunSchema,
  [eventTypes.logKeysChanged]: logKeysChangedSchema,
  [eventTypes.logProblemFound]: logProblemSchema,
  [eventTypes.logProblemSolved]: logProblemSchema,
} as const
