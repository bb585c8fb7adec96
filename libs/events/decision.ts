import { z } from 'zod'

/** What a policy does about an exchange, weakest first. `quarantine` blocks the exchange, and its session or caller from then on. */
export const actions = ['allow', 'redact', 'throttle', 'block', 'quarantine'] as const
export const actionSchema = z.enum(actions)
export type Action = z.infer<typeof actionSchema>

/**
 * Global mode. `off` is the bypass: nothing is scanned or changed, everything is still recorded. `stop` is the kill
 * switch: all traffic is refused, and recorded.
 */
export const modes = ['off', 'observe', 'enforce', 'stop'] as const
export const modeSchema = z.enum(modes)
export type Mode = z.infer<typeof modeSchema>

/** What a mode means, wherever a person reads of it. */
export const modeMeanings: Record<Mode, string> = {
  off: 'BYPASS: no policy is applied, nothing is scanned, changed or blocked; everything is recorded',
  observe: 'policies decide and are recorded; nothing is changed or blocked',
  enforce: 'policies that enforce are carried out',
  stop: 'STOPPED: all traffic is refused, and recorded',
}

/**
 * Who wrote a text, as far as the exchange shows. What tools and documents say is nobody's instruction: `tool` and
 * `document` are the untrusted sources. `system` has the definitions of tools too.
 */
export const textSources = ['system', 'user', 'model', 'tool', 'document'] as const
export const textSourceSchema = z.enum(textSources)
export type TextSource = z.infer<typeof textSourceSchema>

/** What a detector saw, and where. Never the text itself: `digest` is keyed, so that equal values can be recognised. */
export const findingSchema = z.object({
  detector: z.string(),
  type: z.string(),
  /** JSON pointer (RFC 6901) to the string in the request or response. */
  path: z.string(),
  /** UTF-16 offsets into that string, end exclusive. */
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
  confidence: z.number().min(0).max(1),
  digest: z.string(),
  /** Of the first stage, where a second stage judged: `confidence` is the second's. */
  firstStage: z.number().min(0).max(1).optional(),
  /** Of a finding in the decision on a response that is about the request: the second stage made it after the request was decided on. */
  about: z.literal('request').optional(),
  source: textSourceSchema.optional(),
  /** The tool that is offered or called. */
  tool: z.string().optional(),
  /** For a learned detector: the features that weighed most. */
  features: z.array(z.object({ name: z.string(), weight: z.number() })).optional(),
})
export type Finding = z.infer<typeof findingSchema>

/** One policy's part in a decision. */
const verdictSchema = z.object({
  policy: z.string(),
  version: z.int().positive(),
  mode: z.enum(['observe', 'enforce']),
  /** What the policy asks for. It is carried out only where both the policy and the global mode enforce. */
  action: actionSchema,
  enforced: z.boolean(),
  /** Indexes into the decision's `findings`. */
  findings: z.array(z.int().nonnegative()),
  /** The policy's condition, which was true. */
  condition: z.string().optional(),
  /** The limit that was exceeded, and when the next exchange fits in. */
  throttle: z
    .object({
      requests: z.int().positive(),
      perSeconds: z.int().positive(),
      by: z.string(),
      retryAfterSeconds: z.int().positive(),
    })
    .optional(),
  /** Of the action `quarantine`: the caller as a whole is quarantined, and not the session alone. */
  quarantine: z.literal('caller').optional(),
  message: z.string().optional(),
  owasp: z.array(z.string()).optional(),
})
export type Verdict = z.infer<typeof verdictSchema>

/**
 * A part of a streamed response that waited for policies, beyond text that may still become a match: all of it; calls of tools, for its
 * end; their arguments, until they were complete; or the last `words`, which are judged in windows of so many.
 */
const heldPartSchema = z.object({
  what: z.enum(['response', 'calls', 'arguments', 'words']),
  words: z.int().positive().optional(),
  policies: z.array(z.string()),
})
export type HeldPart = z.infer<typeof heldPartSchema>

/**
 * What a second stage was asked about a request: passages that the first stage suspects. Where it did not judge one before the
 * decision, the first stage decided on it, and `reason` says why: `later` (it is asked while the exchange goes on, and what it adds
 * stands in the decision of the closing event), `timeout`, `busy` (too many passages are waiting), or `unavailable`.
 */
export const secondStageSchema = z.object({
  asked: z.int().nonnegative(),
  judged: z.int().nonnegative(),
  reason: z.enum(['later', 'timeout', 'busy', 'unavailable']).optional(),
  /** How long the request waited for it. */
  waitedMs: z.number().nonnegative().optional(),
  /** Begin of the SHA-256 of its file. */
  model: z.string().optional(),
})
export type SecondStageReport = z.infer<typeof secondStageSchema>

/** What policy made of one direction of an exchange. `action` is what was done, not what was asked for. */
export const decisionSchema = z.object({
  action: actionSchema,
  mode: modeSchema,
  /** Version of the policy set that decided. */
  policySet: z.int().nonnegative(),
  verdicts: z.array(verdictSchema),
  findings: z.array(findingSchema),
  scanned: z.object({
    /** UTF-16 code units looked at. */
    characters: z.int().nonnegative(),
    /** Those that came, of a response that was judged on its way; of them, those replaced, and those the client did not get. */
    seen: z.int().nonnegative().optional(),
    redacted: z.int().nonnegative().optional(),
    withheld: z.int().nonnegative().optional(),
    /** Of `characters`, those that an earlier exchange had looked at, so that its findings were taken again. */
    known: z.int().nonnegative().optional(),
    /** Of a stream. */
    held: z.array(heldPartSchema).optional(),
    secondStage: secondStageSchema.optional(),
    /** What was not looked at, and why. */
    skipped: z.array(z.object({ path: z.string(), reason: z.string() })),
  }),
})
export type Decision = z.infer<typeof decisionSchema>
