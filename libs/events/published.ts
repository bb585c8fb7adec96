import { z } from 'zod'
import { keyCreatedSchema } from './control.ts'
import { modeSchema } from './decision.ts'

/** The policies in force, each as the YAML that was applied. */
export const policySetSchema = z.object({
  version: z.int().nonnegative(),
  mode: modeSchema,
  policies: z.array(z.object({ name: z.string(), version: z.int().nonnegative(), document: z.string() })),
})
export type PolicySet = z.infer<typeof policySetSchema>

/** The client keys in force. Of a key itself only a digest or a fingerprint is published. */
export const clientKeySetSchema = z.object({
  keys: z.array(
    keyCreatedSchema
      .pick({ keyId: true, name: true, match: true, limits: true })
      .extend({ spentUsdMicros: z.int().nonnegative() }),
  ),
})
export type ClientKeySet = z.infer<typeof clientKeySetSchema>
export type ClientKey = ClientKeySet['keys'][number]

/** The sessions whose exchanges are refused, each until a time. */
export const quarantinedSessionsSchema = z.object({
  sessions: z.array(z.object({ tenant: z.string(), session: z.string(), until: z.iso.datetime() })),
})
export type QuarantinedSessions = z.infer<typeof quarantinedSessionsSchema>

/**
 * What the policy service publishes in the policy bucket, by key. The publisher parses what it sends and each ingress
 * parses what it reads, so neither side can drift.
 */
export const publishedSchemas = {
  active: policySetSchema,
  keys: clientKeySetSchema,
  quarantine: quarantinedSessionsSchema,
} as const
export type PublishedKey = keyof typeof publishedSchemas
export type PublishedValues = { [Key in PublishedKey]: z.infer<(typeof publishedSchemas)[Key]> }

/** What the audit service reports of a journal, in the `journalProgress` bucket under the journal's id. */
export const journalProgressSchema = z.object({
  /** Everything up to and including this sequence is committed to Postgres; 0: nothing yet. */
  committed: z.int().nonnegative(),
  /** Highest sequence seen; above `committed` when events in between are missing. */
  seen: z.int().nonnegative(),
})
export type JournalProgress = z.infer<typeof journalProgressSchema>

/** @throws when the text is not what is published under this key. */
export function parsePublished<Key extends PublishedKey>(key: Key, text: string): PublishedValues[Key] {
  const parsed = publishedSchemas[key].safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data as PublishedValues[Key]
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'value'}: ${message}`)
  throw new Error(`The value published as "${key}" is not valid: ${problems.slice(0, 5).join('; ')}`)
}
