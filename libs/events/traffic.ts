import { z } from 'zod'
import { recordedBodySchema, recordedContentSchema } from './body.ts'
import { decisionSchema, modeSchema } from './decision.ts'
import type { EventOf } from './envelope.ts'
import { cutSchema } from './fit-data.ts'
import { eventTypes } from './types.ts'

/** How sure a record is before traffic goes on; see docs/architecture.md. */
export const recordingModes = ['strict', 'replicated', 'best-effort'] as const
export const recordingModeSchema = z.enum(recordingModes)
export type RecordingMode = z.infer<typeof recordingModeSchema>

const requestSchema = z.object({
  method: z.string(),
  path: z.string(),
  /** Wire format of the client, such as `openai.chat`; absent where the route is unknown. */
  format: z.string().optional(),
  model: z.string().optional(),
  stream: z.boolean(),
  /** Of a route that no wire format knows: its bytes are recorded, and who says what in them is not known. */
  coverage: z.literal('bytes only').optional(),
  body: recordedBodySchema.optional(),
})

/**
 * A body that is not what was received, and in which respects. `restored`: what was redacted in the request is back in its response.
 * `reframed`: a stream lost what is not its text, such as log probabilities that did not fit it or frames behind its end, since a
 * policy judged it on its way.
 */
const changedBodySchema = z.object({
  body: recordedBodySchema,
  changes: z.array(z.enum(['redacted', 'translated', 'renamed', 'restored', 'reframed'])),
})

const forwardedBodySchema = changedBodySchema.extend({
  /** Fields of the request that mean nothing to the provider and were left out of its translation. */
  ignored: z.array(z.string()).optional(),
})

/** In an event that would have been larger than `maxEventBytes`. */
const fittedSchema = z.object({
  /** What was cut from its data. */
  cut: z.array(cutSchema).optional(),
  /** Its data as they were before, as JSON, by reference; absent where they were too long even for that. */
  whole: recordedBodySchema.optional(),
})

/** Of an exchange over the Model Context Protocol: which message went from whom to whom. */
const mcpMessageSchema = z.object({
  server: z.string(),
  /** `stream` is the client's wait for what a server sends of its own accord, `session` the end of a session. */
  kind: z.enum(['request', 'notification', 'response', 'stream', 'session']),
  direction: z.enum(['client-to-server', 'server-to-client']),
  method: z.string().optional(),
  /** The tool or prompt, or the URI of the resource. */
  name: z.string().optional(),
  /** Of the request within its session. */
  id: z.union([z.string(), z.int()]).optional(),
  /** Revisions that client and server speak. */
  clientRevision: z.string().optional(),
  serverRevision: z.string().optional(),
})
export type McpMessage = z.infer<typeof mcpMessageSchema>

/** What the result of such an exchange was, whatever its status. */
const mcpResultSchema = z.object({
  /** The tool says that it failed. */
  isToolError: z.literal(true).optional(),
  /** Of a JSON-RPC error. */
  errorCode: z.int().optional(),
  /** Messages that came before the result: progress, logs, questions to the client. */
  messages: z.int().nonnegative().optional(),
})

/** Fields that every opening event of an exchange has. */
const openingSchema = fittedSchema.extend({
  recording: recordingModeSchema,
  request: requestSchema,
  tags: z.array(z.string()),
  agent: z.string().optional(),
  sources: z.array(z.string()),
  /** Keyed fingerprint of the client's credential; the credential itself is never written. */
  credential: z.object({ scheme: z.string(), fingerprint: z.string() }).optional(),
  /** The client key that the credential is, where it is one. */
  key: z.object({ id: z.string(), name: z.string() }).optional(),
  mcp: mcpMessageSchema.optional(),
  /** What of it the client key says; the rest is what the client says of itself. */
  verified: z.array(z.enum(['tenant', 'agent', 'tags'])).optional(),
})

const requestReceivedSchema = openingSchema.extend({
  provider: z.string(),
  decision: decisionSchema,
  /** What the provider gets, where that differs from what the client sent. */
  forwarded: forwardedBodySchema.optional(),
})
export type RequestReceived = z.infer<typeof requestReceivedSchema>

const requestBlockedSchema = openingSchema.extend({
  provider: z.string(),
  decision: decisionSchema,
  status: z.int(),
})
export type RequestBlocked = z.infer<typeof requestBlockedSchema>

/** A request that could not be taken: bad JSON, unknown route, missing model, too large, … */
const requestRejectedSchema = openingSchema.extend({
  status: z.int(),
  error: z.object({ code: z.string(), message: z.string() }),
})
export type RequestRejected = z.infer<typeof requestRejectedSchema>

const usageSchema = z.object({
  inputTokens: z.int().nonnegative().optional(),
  outputTokens: z.int().nonnegative().optional(),
  /** Of the input tokens, those that were read from the provider's cache, and those that were written to it. */
  cachedInputTokens: z.int().nonnegative().optional(),
  cacheWriteInputTokens: z.int().nonnegative().optional(),
  reasoningTokens: z.int().nonnegative().optional(),
  estimated: z.boolean(),
  /** Counts that the provider reported and that cannot be, such as 1e300; they are estimated instead, or absent. */
  refused: z.array(z.string()).optional(),
})
export type Usage = z.infer<typeof usageSchema>

/** One try to get a response from a provider. */
export const attemptSchema = z.object({
  provider: z.string(),
  startedAfterMs: z.number(),
  durationMs: z.number(),
  status: z.int().optional(),
  error: z.string().optional(),
})
export type Attempt = z.infer<typeof attemptSchema>

/** Fields that every outcome of an exchange has. */
const outcomeSchema = fittedSchema.extend({
  recording: recordingModeSchema,
  provider: z.string(),
  /** Id of the client key that the exchange is charged to. */
  keyId: z.string().optional(),
  model: z.string().optional(),
  /** HTTP status that the client saw. */
  status: z.int(),
  stream: z.boolean(),
  /** What the provider sent, as far as it came. */
  body: recordedBodySchema.optional(),
  /** What the client got, where that differs from what the provider sent. */
  delivered: changedBodySchema.optional(),
  /** What the provider that was asked last got, where that is another body than the first one got. */
  forwarded: forwardedBodySchema.optional(),
  attempts: z.array(attemptSchema),
  usage: usageSchema.optional(),
  /** By the price table of that date; absent where the model's price is not known. */
  cost: z
    .object({
      usdMicros: z.int().nonnegative(),
      priceDate: z.string(),
      /** It cost more: its prompt is longer than the price holds for, or it is more than can be counted. */
      clamped: z.literal(true).optional(),
    })
    .optional(),
  finishReasons: z.array(z.string()).optional(),
  mcp: mcpResultSchema.optional(),
  timing: z.object({ firstByteMs: z.number().optional(), durationMs: z.number() }),
})

const responseCompletedSchema = outcomeSchema.extend({ decision: decisionSchema })

const responseBlockedSchema = outcomeSchema.extend({ decision: decisionSchema })

const responseFailedSchema = outcomeSchema.extend({
  error: z.object({ code: z.string(), message: z.string() }),
  /** Where policy looked at what came: an error under status 200, or within a stream. */
  decision: decisionSchema.optional(),
})

/** The client went away before the response was complete. */
const responseAbortedSchema = outcomeSchema.extend({
  /** Where a second stage found something in the request after it was decided on. */
  decision: decisionSchema.optional(),
})

/** Written by the audit service for a request that never got an outcome: its ingress died. */
const exchangeAbandonedSchema = z.object({
  requestEvent: z.string(),
  requestTime: z.string(),
  /** `ingress-ended`: its process is gone and everything it recorded has arrived; `grace`: nothing was heard for that long. */
  reason: z.enum(['ingress-ended', 'grace']),
})
export type ExchangeAbandoned = z.infer<typeof exchangeAbandonedSchema>

/** Where an ingress sends requests; of an address only scheme, host and path. */
export const ingressUpstreamSchema = z.object({
  name: z.string(),
  kind: z.string(),
  url: z.string(),
  /** `own`: the ingress has one; `client`: that of the client passes through. */
  credential: z.enum(['own', 'client', 'none']),
  isDefault: z.boolean(),
})
export type IngressUpstream = z.infer<typeof ingressUpstreamSchema>

/** A server of the Model Context Protocol that an ingress forwards to; of its address only scheme, host and path. */
const ingressMcpServerSchema = z.object({ name: z.string(), url: z.string() })
export type IngressMcpServer = z.infer<typeof ingressMcpServerSchema>

/** A variable of a configuration as it is in force, without its value where that is a secret. */
export const settingInForceSchema = z.object({
  name: z.string(),
  value: z.string().nullable(),
  isSet: z.boolean(),
  isSecret: z.boolean(),
})
export type SettingInForce = z.infer<typeof settingInForceSchema>

/**
 * The first event of every ingress process. It reports where the process before it had come to, so that what that one
 * left open can be closed.
 */
const ingressStartedSchema = z.object({
  recording: recordingModeSchema,
  /** `source` of the events of the process before; absent at the first start in a data directory. */
  previous: z.string().optional(),
  /** The same of processes before that one, which ended before they could record who was there before them. */
  alsoEnded: z.array(z.string()).max(100).optional(),
  /** Journals of earlier processes that are still on disk, and the last sequence that was written to each. */
  journals: z.array(z.object({ journal: z.string(), lastSequence: z.int().nonnegative() })),
  upstreams: z.array(ingressUpstreamSchema).max(100).optional(),
  settings: z.array(settingInForceSchema).max(200).optional(),
  mcpServers: z.array(ingressMcpServerSchema).max(200).optional(),
})
export type IngressStarted = z.infer<typeof ingressStartedSchema>

/** Events `from` to `to` (inclusive) of a journal are lost: the bytes that held them were damaged on disk. */
const journalDamagedSchema = z.object({
  recording: recordingModeSchema,
  journal: z.string(),
  from: z.int().positive(),
  to: z.int().positive(),
  file: z.string(),
  /** Copy of the damaged bytes, where one could be made. */
  quarantineFile: z.string().optional(),
})

/** An ingress has begun another segment of its journal, so that the one with entries up to there is deleted. */
const journalPurgedSchema = z.object({
  recording: recordingModeSchema,
  journal: z.string(),
  to: z.int().positive(),
})

/**
 * Stands in the place (journal and sequence) of an entry that no event store can take: it is no event, or larger than
 * JetStream takes and cannot be cut. Its bytes are recorded by reference.
 */
const eventOmittedSchema = z.object({
  /** Id of the entry. */
  event: z.string(),
  subject: z.string(),
  reason: z.string(),
  body: recordedBodySchema,
})
export type EventOmitted = z.infer<typeof eventOmittedSchema>

/** An ingress decides by this policy set, mode, keys and quarantine from now on. */
const policySetActivatedSchema = z.object({
  recording: recordingModeSchema,
  version: z.int().nonnegative(),
  mode: modeSchema.optional(),
  /** Of the policy set, as of which the mode is in force. The mode does not wait for policies. */
  modeVersion: z.int().nonnegative().optional(),
  keysVersion: z.int().nonnegative().optional(),
  quarantineVersion: z.int().nonnegative().optional(),
  /** Of the decisions on tools of MCP servers. */
  toolsVersion: z.int().nonnegative().optional(),
})

/** An ingress received this policy set and cannot use it; it goes on with the one before. */
const policySetRejectedSchema = z.object({
  recording: recordingModeSchema,
  version: z.int().nonnegative(),
  error: z.string(),
})

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)

/** Definitions of tools of an MCP server that were seen for the first time: from now on they are expected to stay so. */
const mcpToolsPinnedSchema = z.object({
  recording: recordingModeSchema,
  server: z.string(),
  tools: z.array(z.object({ name: z.string(), sha256: sha256Schema })),
  /** The exchange that brought them. */
  exchange: z.string(),
})

/** A tool of an MCP server is defined otherwise than it was pinned. */
const mcpToolDriftedSchema = z.object({
  recording: recordingModeSchema,
  server: z.string(),
  tool: z.string(),
  /** Absent for a tool beyond those that are pinned. */
  pinned: z.string().optional(),
  found: sha256Schema,
  /** The exchange that brought it. */
  exchange: z.string(),
  /** The configuration of the ingress says what the definition is to be. Only that can accept another one. */
  isConfigured: z.literal(true).optional(),
})

/** A tool that had drifted is defined as it is expected to be again: its server took the change back, or it was approved. */
const mcpToolRestoredSchema = z.object({
  recording: recordingModeSchema,
  server: z.string(),
  tool: z.string(),
  sha256: sha256Schema,
  /** The exchange that brought it. */
  exchange: z.string(),
})

/** Data schema per traffic event type. */
export const trafficSchemas = {
  [eventTypes.requestReceived]: requestReceivedSchema,
  [eventTypes.requestBlocked]: requestBlockedSchema,
  [eventTypes.requestRejected]: requestRejectedSchema,
  [eventTypes.responseCompleted]: responseCompletedSchema,
  [eventTypes.responseBlocked]: responseBlockedSchema,
  [eventTypes.responseFailed]: responseFailedSchema,
  [eventTypes.responseAborted]: responseAbortedSchema,
  [eventTypes.exchangeAbandoned]: exchangeAbandonedSchema,
  [eventTypes.contentRecorded]: recordedContentSchema,
  [eventTypes.ingressStarted]: ingressStartedSchema,
  [eventTypes.journalDamaged]: journalDamagedSchema,
  [eventTypes.journalPurged]: journalPurgedSchema,
  [eventTypes.eventOmitted]: eventOmittedSchema,
  [eventTypes.policySetActivated]: policySetActivatedSchema,
  [eventTypes.policySetRejected]: policySetRejectedSchema,
  [eventTypes.mcpToolsPinned]: mcpToolsPinnedSchema,
  [eventTypes.mcpToolDrifted]: mcpToolDriftedSchema,
  [eventTypes.mcpToolRestored]: mcpToolRestoredSchema,
} as const

type TrafficSchemas = typeof trafficSchemas

export type TrafficEvent = {
  [Type in keyof TrafficSchemas]: EventOf<Type, z.infer<TrafficSchemas[Type]>>
}[keyof TrafficSchemas]
