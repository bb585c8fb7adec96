import { z } from 'zod'
import { budgetPeriods } from './budget-period.ts'
import { keyCreatedSchema, keyIdentitySchema, keyLimitsSchema, keyMatchSchema } from './control/keys.ts'
import { modeSchema } from './decision.ts'
import { sha256Hex } from './digest.ts'

/** The policies in force, each as the YAML that was applied. */
const policySetSchema = z.object({
  version: z.int().nonnegative(),
  mode: modeSchema,
  /** For clients, while the mode is `stop`. */
  message: z.string().optional(),
  policies: z.array(z.object({ name: z.string(), version: z.int().nonnegative(), document: z.string() })),
})
export type PolicySet = z.infer<typeof policySetSchema>

/** The client keys in force. Of a key itself only a digest or a fingerprint is published. */
const clientKeySetSchema = z.object({
  version: z.int().nonnegative().optional(),
  keys: z.array(
    keyCreatedSchema.pick({ keyId: true, name: true, match: true, limits: true, fixed: true }).extend({
      /** Secrets that were replaced, and until when they are accepted. */
      former: z.array(z.object({ match: keyMatchSchema, until: z.iso.datetime() })).optional(),
      spentUsdMicros: z.int().nonnegative(),
      /** Of the period of its budget: when it began. Absent: all that it has ever spent. */
      spentSince: z.iso.datetime().optional(),
    }),
  ),
})
export type ClientKeySet = z.infer<typeof clientKeySetSchema>

/** The sessions and callers whose exchanges are refused, each until a time. */
const quarantinedSessionsSchema = z.object({
  version: z.int().nonnegative().optional(),
  sessions: z.array(
    z
      .object({
        tenant: z.string(),
        /** Absent: all that the caller does, in every tenant. */
        session: z.string().optional(),
        /** Whose session of this name; absent: whoever's. */
        caller: z.string().optional(),
        until: z.iso.datetime(),
      })
      .refine(({ session, caller }) => session !== undefined || caller !== undefined, {
        path: ['session'],
        error: 'is missing, and so is the caller',
      }),
  ),
})
export type QuarantinedSessions = z.infer<typeof quarantinedSessionsSchema>

/** What people have decided on the tools of MCP servers. */
export const mcpToolSetSchema = z.object({
  version: z.int().nonnegative().optional(),
  tools: z.array(
    z.object({
      server: z.string(),
      tool: z.string(),
      /** How it is expected to be defined, whatever was seen first. */
      approved: z.string().optional(),
      /** Defined so, it is neither listed nor called. */
      refused: z.string().optional(),
    }),
  ),
})

/** What every ingress follows beside the mode. Each has its own entries in the policy bucket, and its own line in the head. */
export const publishedParts = ['policies', 'keys', 'quarantine', 'tools'] as const
export type PublishedPart = (typeof publishedParts)[number]

/** How an ingress recognizes that it has all entries of a part, and no other: `digest` is that of an `EntrySet`. */
const partHeadSchema = z.object({
  /** Rises with each change. */
  version: z.int().nonnegative(),
  count: z.int().nonnegative(),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
})
export type PartHead = z.infer<typeof partHeadSchema>

const publishedModeSchema = z.object({
  value: modeSchema,
  /** Of the policy set, as of which this is the mode. */
  version: z.int().nonnegative(),
  /** For clients, while the mode is `stop`. */
  message: z.string().optional(),
})
export type PublishedMode = z.infer<typeof publishedModeSchema>

/**
 * The entry `head`, always small and written last. The mode in it is in force at once. What belongs to a part is in
 * force when its entries are exactly those of the head; until then the ingress keeps what it had. A part that is absent
 * is not published yet, and therefore unknown.
 */
export const publishedHeadSchema = z.object({
  mode: publishedModeSchema.optional(),
  policies: partHeadSchema.optional(),
  keys: partHeadSchema.optional(),
  quarantine: partHeadSchema.optional(),
  tools: partHeadSchema.optional(),
})
export type PublishedHead = z.infer<typeof publishedHeadSchema>

/**
 * What one entry of a part holds. A field that is not known here may be a limit, which must not be left out: the entry is
 * refused, and what was in force stays. Of quarantine it could only stop less than the entry without it.
 */
const entrySchemas = {
  policies: policySetSchema.shape.policies.element.strict(),
  keys: clientKeySetSchema.shape.keys.element
    .omit({ spentUsdMicros: true, spentSince: true })
    .extend({ limits: keyLimitsSchema.strict(), fixed: keyIdentitySchema.strict().optional() })
    .strict(),
  quarantine: quarantinedSessionsSchema.shape.sessions.element,
  tools: mcpToolSetSchema.shape.tools.element.strict(),
} as const
export type PublishedEntries = { [Part in PublishedPart]: z.infer<(typeof entrySchemas)[Part]> }
/** A client key in force. */
export type ClientKey = PublishedEntries['keys']

/** The names of entries in the policy bucket. */
export const entryNames = {
  head: 'head',
  policies: ({ name }: Pick<PublishedEntries['policies'], 'name'>) => `policy.${name}`,
  keys: ({ keyId }: { keyId: string }) => `key.${keyId}`,
  /** Sessions have any name, and the names of entries are of few characters. */
  quarantine: ({
    tenant,
    session,
    caller,
  }: Pick<PublishedEntries['quarantine'], 'tenant'> & {
    session?: string | undefined
    caller?: string | undefined
  }) => {
    const whose = caller === undefined ? [tenant, session] : [tenant, session, caller]
    return `quarantine.${sha256Hex(JSON.stringify(session === undefined ? [caller] : whose)).slice(0, 32)}`
  },
  /** Tools have any name, too. */
  tools: ({ server, tool }: Pick<PublishedEntries['tools'], 'server' | 'tool'>) =>
    `tool.${sha256Hex(JSON.stringify([server, tool])).slice(0, 32)}`,
  /** What a key has spent (`Spent`), which belongs to no part because it changes with every exchange. */
  spent: ({ keyId }: { keyId: string }) => `spent.${keyId}`,
} as const

/** What all ingresses together have reported of a key, in the period of its budget. */
const spentSchema = z.object({
  usdMicros: z.int().nonnegative(),
  period: z.enum(budgetPeriods),
  sinceMs: z.int().nonnegative(),
})
export type Spent = z.infer<typeof spentSchema>

/** A number alone is what was spent in total. @throws when the text is neither. */
export function parseSpent(text: string): Spent {
  const value: unknown = JSON.parse(text)
  const total = { usdMicros: value, period: 'total', sinceMs: 0 }
  return spentSchema.parse(typeof value === 'number' ? total : value)
}

const prefixes: Record<PublishedPart | 'spent', string> = {
  policies: 'policy.',
  keys: 'key.',
  quarantine: 'quarantine.',
  tools: 'tool.',
  spent: 'spent.',
}

/** The part that an entry belongs to, by its name; undefined for the head and whatever else is there. */
export function partOfEntry(name: string): PublishedPart | 'spent' | undefined {
  const found = Object.entries(prefixes).find(([, prefix]) => name.startsWith(prefix))
  return found && (found[0] as PublishedPart | 'spent')
}

/** @throws when the text is no entry of this part. */
export function parseEntry<Part extends PublishedPart>(part: Part, text: string): PublishedEntries[Part] {
  return parseBy(entrySchemas[part], text, part) as PublishedEntries[Part]
}

/** What a head of a later version names beside what is known here. @throws when the text is no JSON. */
export function unknownParts(text: string): string[] {
  return Object.keys(JSON.parse(text) as object).filter((name) => !(name in publishedHeadSchema.shape))
}

/** @throws when the text is no head. */
export function parseHead(text: string): PublishedHead {
  return parseBy(publishedHeadSchema, text, 'head')
}

/**
 * What was published before version 0.2 in one value each. An ingress takes it as long as there is no head, and keeps
 * what it has on disk in the same form.
 */
export const publishedSchemas = {
  active: policySetSchema,
  keys: clientKeySetSchema,
  quarantine: quarantinedSessionsSchema,
} as const
export type PublishedKey = keyof typeof publishedSchemas
export type PublishedValues = { [Key in PublishedKey]: z.infer<(typeof publishedSchemas)[Key]> }

/** What a key has used since the last report. */
const keyUseSchema = z.object({
  requests: z.int().nonnegative(),
  tokens: z.int().nonnegative(),
  usdMicros: z.int().nonnegative(),
})
export type KeyUse = z.infer<typeof keyUseSchema>

/**
 * What an ingress reports to the others: what keys have used, by their ids, and for each window of a limit of a policy its
 * name, its seconds, and how many exchanges passed. `from` names the process.
 */
export const usageReportSchema = z.object({
  from: z.string(),
  keys: z.record(z.string(), keyUseSchema).default({}),
  passed: z
    .array(z.tuple([z.string().max(2_000), z.number().positive().max(1e9), z.int().positive().max(1e9)]))
    .max(10_000)
    .default([]),
})

/** Whose a response is that a provider keeps, in the `responses` bucket, and what its caller was charged for it so far. */
export const keptResponseSchema = z.object({
  tenant: z.string(),
  /** As in the envelope. */
  caller: z.string().optional(),
  /** Nothing more is charged for it. */
  isSettled: z.boolean(),
  paid: z.object({
    inputTokens: z.int().nonnegative(),
    outputTokens: z.int().nonnegative(),
    usdMicros: z.int().nonnegative(),
  }),
})
export type KeptResponse = z.infer<typeof keptResponseSchema>

/** What the audit service reports of a journal, in the `journalProgress` bucket under the journal's id. */
export const journalProgressSchema = z.object({
  /** Everything up to and including this sequence is committed to Postgres; 0: nothing yet. */
  committed: z.int().nonnegative(),
  /** Highest sequence seen; above `committed` when events in between are missing. */
  seen: z.int().nonnegative(),
  /** Content up to and including this sequence was erased, or is about to be: it is to leave the journal's files. */
  purge: z.int().positive().optional(),
})
export type JournalProgress = z.infer<typeof journalProgressSchema>

/** @throws when the text is not what was published under this key. */
export function parsePublished<Key extends PublishedKey>(key: Key, text: string): PublishedValues[Key] {
  return parseBy(publishedSchemas[key], text, key) as PublishedValues[Key]
}

function parseBy<Schema extends z.ZodType>(schema: Schema, text: string, name: string): z.output<Schema> {
  const parsed = schema.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'value'}: ${message}`)
  throw new Error(`The value published as "${name}" is not valid: ${problems.slice(0, 5).join('; ')}`)
}
