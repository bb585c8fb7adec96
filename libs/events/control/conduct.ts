import { z } from 'zod'
import { eventTypes } from '../types.ts'
import { actorSchema } from './actor.ts'

const toolDecisionSchema = z.object({
  server: z.string(),
  tool: z.string(),
  /** SHA-256 of the definition that was decided on. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  reason: z.string(),
  actor: actorSchema,
})

/** From now on a tool of an MCP server is expected to be defined so. */
const mcpToolApprovedSchema = toolDecisionSchema

/** Defined so, a tool of an MCP server is neither listed nor called. */
const mcpToolRefusedSchema = toolDecisionSchema

/** In which way an agent did what it had not done before. */
export const anomalyKinds = ['unexpected-tool', 'unusual-sequence', 'excessive-calls'] as const

const anomalyFoundSchema = z.object({
  agent: z.string(),
  kind: z.enum(anomalyKinds),
  /** Name of the tool that was called. */
  tool: z.string(),
  /** Of a sequence: the call before it in the session. */
  previous: z.string().optional(),
  session: z.string(),
  exchange: z.string(),
  /** A sentence that says what was expected, and from how much. */
  explanation: z.string(),
  /** What it is held against: what was seen of the agent before. */
  baseline: z.object({
    calls: z.int().nonnegative(),
    tools: z.int().nonnegative(),
    sessions: z.int().nonnegative(),
    mostCallsInASession: z.int().nonnegative(),
  }),
})
export type AnomalyFound = z.infer<typeof anomalyFoundSchema>

/** Data of events about tools of MCP servers and anomalies. */
export const conductSchemas = {
  [eventTypes.mcpToolApproved]: mcpToolApprovedSchema,
  [eventTypes.mcpToolRefused]: mcpToolRefusedSchema,
  [eventTypes.anomalyFound]: anomalyFoundSchema,
} as const
