import { z } from 'zod'
import { modeSchema } from '../decision.ts'
import { eventTypes } from '../types.ts'
import { actorSchema } from './actor.ts'

const policyAppliedSchema = z.object({
  name: z.string(),
  version: z.int().positive(),
  /** The policy document as it was applied, YAML of exactly one policy. */
  document: z.string(),
  actor: actorSchema,
  reason: z.string().optional(),
  /** The earlier version whose document this one has again. */
  restores: z.int().positive().optional(),
  /** Digest of the report of the backtest that was shown for it. */
  backtest: z.string().optional(),
})
export type PolicyApplied = z.infer<typeof policyAppliedSchema>

const policyRemovedSchema = z.object({
  name: z.string(),
  version: z.int().positive(),
  actor: actorSchema,
  reason: z.string().optional(),
})
export type PolicyRemoved = z.infer<typeof policyRemovedSchema>

const modeChangedSchema = z.object({
  mode: modeSchema,
  reason: z.string(),
  /** What clients read while all traffic is refused. */
  message: z.string().optional(),
  actor: actorSchema,
})

const backtestRequestedSchema = z.object({
  backtestId: z.uuid(),
  /** The policies under test, by name. */
  tested: z.array(z.string()),
  /** All that it judges by: the policies under test, and those in force beside them. */
  policies: z.array(z.object({ name: z.string(), version: z.int().nonnegative(), document: z.string() })),
  /** What was in force under the names of the policies under test; absent in events of 0.1.0. */
  replaced: z
    .array(z.object({ name: z.string(), version: z.int().nonnegative(), document: z.string() }))
    .optional(),
  /** Names of all policies that were in force. */
  inForce: z.array(z.string()).optional(),
  /** Judge the policies under test as if they enforced. */
  enforce: z.boolean(),
  /** First instant included, and first not included. */
  from: z.iso.datetime().optional(),
  until: z.iso.datetime(),
  /** Only this exchange. */
  exchange: z.uuid().optional(),
  actor: actorSchema,
})
export type BacktestRequested = z.infer<typeof backtestRequestedSchema>

const backtestCompletedSchema = z.object({
  backtestId: z.uuid(),
  /** SHA-256 of the report as canonical JSON. */
  digest: z.string(),
  report: z.record(z.string(), z.unknown()),
})

const backtestFailedSchema = z.object({ backtestId: z.uuid(), error: z.string() })

const backtestCancelledSchema = z.object({ backtestId: z.uuid(), actor: actorSchema })

/** Data of events about policies, the mode and backtests. */
export const policySchemas = {
  [eventTypes.policyApplied]: policyAppliedSchema,
  [eventTypes.policyRemoved]: policyRemovedSchema,
  [eventTypes.modeChanged]: modeChangedSchema,
  [eventTypes.backtestRequested]: backtestRequestedSchema,
  [eventTypes.backtestCompleted]: backtestCompletedSchema,
  [eventTypes.backtestFailed]: backtestFailedSchema,
  [eventTypes.backtestCancelled]: backtestCancelledSchema,
} as const
