import { z } from 'zod'
import { eventTypes } from '../types.ts'
import { actorSchema } from './actor.ts'

/** What a quarantine stops: one session of a caller, or all that a caller does, under whichever session it names. */
export const quarantineTargetSchema = z.enum(['session', 'caller'])
export type QuarantineTarget = z.infer<typeof quarantineTargetSchema>

/** When a session or a caller is quarantined by itself: after so many violations within a time. 0 violations: never. */
export const quarantineRuleSchema = z.object({
  violations: z.int().nonnegative(),
  withinSeconds: z.int().positive(),
  forSeconds: z.int().positive(),
  /** Whose violations are counted together, and who is quarantined. Violations without a caller count by session. */
  target: quarantineTargetSchema.default('session'),
})
export type QuarantineRule = z.infer<typeof quarantineRuleSchema>

/** Until somebody says otherwise sessions are quarantined by policies and people alone, for an hour. */
export const defaultQuarantineRule: QuarantineRule = {
  violations: 0,
  withinSeconds: 600,
  forSeconds: 3_600,
  target: 'session',
}

const quarantineRuleChangedSchema = quarantineRuleSchema.extend({
  reason: z.string(),
  actor: actorSchema,
})

const quarantinedSchema = z.object({
  until: z.iso.datetime(),
  /** `threshold`: it broke the rule; `policy`: a policy's action says so; `manual`: a person did. */
  cause: z.enum(['threshold', 'policy', 'manual']),
  reason: z.string(),
  policy: z.string().optional(),
  /** The exchange that brought it about. */
  exchange: z.string().optional(),
  violations: z.int().positive().optional(),
  actor: actorSchema,
})

/** Exchanges of a session of the event's tenant are refused until then. */
const sessionQuarantinedSchema = quarantinedSchema.extend({
  session: z.string(),
  /** Whose session of this name; absent: whoever's. */
  caller: z.string().optional(),
})
export type SessionQuarantined = z.infer<typeof sessionQuarantinedSchema>

const sessionReleasedSchema = z.object({
  session: z.string(),
  /** Whose session of this name; absent: of a quarantine that has no caller. */
  caller: z.string().optional(),
  reason: z.string(),
  actor: actorSchema,
})

/** Whatever this caller sends is refused until then, in every tenant and under any session. */
const callerQuarantinedSchema = quarantinedSchema.extend({
  /** As in the envelope: `key:` and an id, or `credential:` and a fingerprint. */
  caller: z.string(),
})
export type CallerQuarantined = z.infer<typeof callerQuarantinedSchema>

const callerReleasedSchema = z.object({ caller: z.string(), reason: z.string(), actor: actorSchema })

/** Data of events about quarantine. */
export const quarantineSchemas = {
  [eventTypes.quarantineRuleChanged]: quarantineRuleChangedSchema,
  [eventTypes.sessionQuarantined]: sessionQuarantinedSchema,
  [eventTypes.sessionReleased]: sessionReleasedSchema,
  [eventTypes.callerQuarantined]: callerQuarantinedSchema,
  [eventTypes.callerReleased]: callerReleasedSchema,
} as const
