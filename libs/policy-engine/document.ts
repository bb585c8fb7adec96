import { actionSchema, contentLevelSchema } from '@airs-cp/events'
import { z } from 'zod'
import { checkDocument, checkedCondition, jsonPath, knownTypes, re2Pattern } from './document-checks.ts'

const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).min(1)

const threshold = z.number().min(0).max(1)

/** Where a text must come from to be looked at: one of its sources, or all that are nobody's instruction. */
const sources = listOf(
  z.enum(['system', 'user', 'model', 'tool', 'document', 'untrusted', 'trusted']),
).optional()

const toolGlobs = listOf(z.string().min(1).max(200)).optional()

/** What a policy looks for, and how sure a detector must be. `types` limits it to some of its types. */
export const detectorSchema = z.discriminatedUnion('detector', [
  z.strictObject({
    detector: z.literal('pii'),
    types: listOf(z.string()).superRefine(knownTypes('pii')).optional(),
    threshold: threshold.default(0.5),
    addresses: z
      .enum(['all', 'public'])
      .optional()
      .describe('public leaves out IP addresses of loopback, private networks and documentation'),
    sources,
  }),
  z.strictObject({
    detector: z.literal('secrets'),
    types: listOf(z.string()).superRefine(knownTypes('secrets')).optional(),
    threshold: threshold.default(0.5),
    sources,
  }),
  z.strictObject({
    detector: z.literal('injection'),
    threshold: threshold.default(0.5),
    sources,
    secondStage: z
      .strictObject({
        suspicion: threshold
          .default(0.2)
          .describe('The confidence of the first stage from which it is asked'),
        threshold: threshold.default(0.5).describe('Its own confidence from which a finding counts'),
      })
      .optional()
      .describe(
        'Of requests: a transformer that the ingress has loaded judges what the first stage suspects',
      ),
  }),
  z.strictObject({
    detector: z.literal('pattern'),
    name: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]{0,62}$/, 'a pattern is named in capitals, digits and underscores'),
    pattern: z.string().min(1).max(1_000).superRefine(re2Pattern).describe('RE2 syntax'),
    threshold: threshold.default(0),
    sources,
  }),
  z.strictObject({
    detector: z.literal('tool-call'),
    on: listOf(z.enum(['offered', 'called']))
      .default(['offered', 'called'])
      .describe('Which tools are looked at'),
    allow: toolGlobs.describe('A tool that none of these globs names is a finding'),
    deny: toolGlobs.describe('A tool that one of these globs names is a finding'),
    tools: toolGlobs.describe('The tools whose arguments are looked at; all where absent'),
    arguments: listOf(
      z.strictObject({
        path: z
          .string()
          .max(200)
          .superRefine(jsonPath)
          .optional()
          .describe('JSONPath, such as $.command; without it all arguments are searched'),
        matches: z.string().min(1).max(1_000).superRefine(re2Pattern).describe('RE2 syntax'),
      }),
    )
      .optional()
      .describe('Each is a finding where it matches'),
  }),
  z.strictObject({
    detector: z.literal('system-prompt'),
    words: z
      .int()
      .min(4)
      .max(100)
      .default(10)
      .describe('How many words in a row must come from the system prompt'),
    threshold: threshold.default(0),
  }),
])

/** A limit on how often a policy lets exchanges pass. */
const throttleSchema = z.strictObject({
  requests: z.int().min(1).max(1_000_000),
  perSeconds: z.int().min(1).max(86_400),
  by: z
    .enum(['session', 'key', 'agent', 'tenant'])
    .default('key')
    .describe('Whose exchanges are counted together; without a key by credential, without either by address'),
})

const mcpGlobs = toolGlobs.describe('Globs of tools: SERVER/TOOL, or the name of a tool on any server')

/** What a policy says about tools of MCP servers. */
const mcpRuleSchema = z.strictObject({
  default: z
    .enum(['allow', 'deny'])
    .default('allow')
    .describe('deny: a tool that no policy in force allows (mcp.allow) is a finding'),
  allow: mcpGlobs,
  deny: mcpGlobs,
  onDrift: z
    .enum(['allow', 'block'])
    .default('allow')
    .describe('block: a tool that is defined otherwise than when it was pinned is a finding'),
})

/** A policy document, as users write it in YAML. */
export const policyDocumentSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a name is lower-case letters, digits and hyphens, 63 at most'),
    description: z.string().default('').describe('What it is for'),
    mode: z
      .enum(['off', 'observe', 'enforce'])
      .default('observe')
      .describe('observe: record what it would do; enforce: do it, where the global mode enforces'),
    direction: z
      .union([z.enum(['request', 'response']), listOf(z.enum(['request', 'response']))])
      .transform((value) => (Array.isArray(value) ? value : [value]))
      .default(['request', 'response'])
      .describe('What it looks at'),
    scope: z
      .strictObject({
        tenants: listOf(z.string()).optional(),
        keys: listOf(z.string()).optional().describe('Names or ids of client keys'),
        agents: listOf(z.string()).optional(),
        providers: listOf(z.string()).optional(),
        models: listOf(z.string()).optional().describe('Globs, such as gpt-*'),
        tags: listOf(z.string()).optional(),
        servers: listOf(z.string())
          .optional()
          .describe('Globs of MCP servers; with it the policy looks at calls of their tools and at no model'),
      })
      .default({}),
    detectors: z
      .array(detectorSchema)
      .default([])
      .describe('One of them must find something. Without any, the condition decides alone'),
    mcp: mcpRuleSchema.optional().describe('Tools of MCP servers; such a policy looks at their calls alone'),
    when: z
      .string()
      .min(1)
      .max(2_000)
      .superRefine(checkedCondition)
      .optional()
      .describe('A condition in CEL, which must be true as well'),
    action: actionSchema,
    reversible: z
      .boolean()
      .optional()
      .describe('Of redact: what was replaced in a request is put back into its response'),
    throttle: throttleSchema.optional().describe('Of throttle: the limit'),
    quarantine: z
      .enum(['session', 'caller'])
      .optional()
      .describe(
        'Of quarantine: session (default) stops the session; caller stops the client key or credential, whichever session it names',
      ),
    record: contentLevelSchema
      .optional()
      .describe(
        'What is recorded of the content of an exchange in which it fires. redacted: what it found is masked; digests: no content; full: what it found stays. Without it AIRS_RECORD_CONTENT decides',
      ),
    message: z.string().max(1_000).optional().describe('Sent to a client that is blocked'),
    onError: z
      .enum(['open', 'closed'])
      .default('closed')
      .describe('What happens when it cannot be evaluated: closed blocks'),
    onUnscanned: z
      .enum(['allow', 'block'])
      .default('allow')
      .describe('What happens where a part was not read, such as an image: block refuses it'),
    owasp: listOf(
      z
        .string()
        .regex(
          /^(?:LLM(?:0[1-9]|10)(?::20(?:23|25|26))?|ASI(?:0[1-9]|10)(?::2026)?)$/,
          'is no OWASP id: LLM01:2025 to LLM10:2026, or ASI01 to ASI10 (of agents); without a year LLM01 is of 2025',
        )
        .transform((id) => (/^LLM\d\d$/.test(id) ? `${id}:2025` : id)),
    )
      .optional()
      .describe('Entries of the OWASP top ten for LLM applications (with their year) or for agents (ASI)'),
  })
  .superRefine(checkDocument)

export type PolicyDocument = z.infer<typeof policyDocumentSchema>
export type PolicyScope = PolicyDocument['scope']
export type DetectorRule = z.infer<typeof detectorSchema>
export type ThrottleRule = z.infer<typeof throttleSchema>
