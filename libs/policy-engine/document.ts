import { actionSchema } from '@airs-cp/events'
import { z } from 'zod'

const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).min(1)

const threshold = z.number().min(0).max(1)

/** What a policy looks for, and how sure a detector must be. `types` limits it to some of its types. */
export const detectorSchema = z.discriminatedUnion('detector', [
  z.strictObject({
    detector: z.literal('pii'),
    types: listOf(z.string()).optional(),
    threshold: threshold.default(0.5),
  }),
  z.strictObject({
    detector: z.literal('secrets'),
    types: listOf(z.string()).optional(),
    threshold: threshold.default(0.5),
  }),
  z.strictObject({ detector: z.literal('injection'), threshold: threshold.default(0.5) }),
  z.strictObject({
    detector: z.literal('pattern'),
    name: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]{0,62}$/, 'a pattern is named in capitals, digits and underscores'),
    /** RE2 syntax: linear in the text, whatever is written. */
    pattern: z.string().min(1).max(1_000),
    threshold: threshold.default(0),
  }),
])

/** A policy document, as users write it in YAML. */
export const policyDocumentSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a name is lower-case letters, digits and hyphens, 63 at most'),
  description: z.string().default(''),
  mode: z.enum(['off', 'observe', 'enforce']).default('observe'),
  direction: z
    .union([z.enum(['request', 'response']), listOf(z.enum(['request', 'response']))])
    .transform((value) => (Array.isArray(value) ? value : [value]))
    .default(['request', 'response']),
  scope: z
    .strictObject({
      tenants: listOf(z.string()).optional(),
      agents: listOf(z.string()).optional(),
      providers: listOf(z.string()).optional(),
      models: listOf(z.string()).optional(),
      tags: listOf(z.string()).optional(),
    })
    .default({}),
  detectors: listOf(detectorSchema),
  action: actionSchema.extract(['allow', 'redact', 'block']),
  message: z.string().optional(),
  onError: z.enum(['open', 'closed']).default('closed'),
  owasp: listOf(z.string().regex(/^LLM(0[1-9]|10)$/, 'an OWASP LLM id is LLM01 to LLM10')).optional(),
})

export type PolicyDocument = z.infer<typeof policyDocumentSchema>
export type PolicyScope = PolicyDocument['scope']
