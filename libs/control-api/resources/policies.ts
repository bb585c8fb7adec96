import { z } from 'zod'
import { endpoints } from '../endpoint.ts'
import { integer, reason, time } from '../fields.ts'

/** Of policy documents sent at once. */
export const maxPolicyBytes = 256 * 1024

const yaml = {
  maxBodyBytes: maxPolicyBytes,
  body: z.string().describe('One or several policy documents, YAML'),
  bodyTypes: ['application/yaml', 'text/yaml', 'text/plain'],
} as const
const name = z.string()
const version = integer(1)
const because = z.object({ reason: reason.optional() })
const applying = because.extend({
  backtest: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "is the digest of a backtest's report, 64 hexadecimal digits")
    .optional()
    .describe("Digest of a backtest's report that was made of exactly these documents"),
})
const expecting = z.object({
  'if-match': z.string().optional().describe('Entity tag that must be the current one, else 412'),
  'if-none-match': z.string().optional().describe('`*`: there must be none yet, else 412'),
})
const tagged = { ETag: 'Names what is there now, for If-Match' }

const versionSchema = z
  .object({
    name: z.string(),
    version: z.int(),
    document: z.string().nullable().describe('YAML as applied; null where this version removed the policy'),
    digest: z.string().nullable().describe('SHA-256 of the document'),
    mode: z
      .string()
      .nullable()
      .describe('Of the document, like the next three; null where it cannot be read'),
    action: z.string().nullable(),
    direction: z.array(z.string()).nullable(),
    description: z.string().nullable(),
    actor: z.string(),
    appliedAt: time,
    reason: z.string().nullable(),
    restores: z.int().nullable().describe('The earlier version whose document this one has again'),
    backtest: z.string().nullable().describe("Digest of the backtest's report that was shown for it"),
  })
  .meta({ id: 'PolicyVersion' })

const policySchema = versionSchema.extend({ document: z.string() }).meta({ id: 'Policy' })

export const activationSchema = z
  .object({
    activated: z.int().describe('Ingresses that decide by it'),
    pending: z.array(z.string()).describe('Ingresses that have not reported it within 2 s'),
    rejected: z
      .array(z.object({ source: z.string(), error: z.string() }))
      .describe('Ingresses that cannot use it'),
  })
  .describe('Which ingresses decide by the change')
  .meta({ id: 'Activation' })

export const changedSchema = z.object({ setVersion: z.int(), ingresses: activationSchema })
const warnings = z
  .array(z.string())
  .optional()
  .describe(
    'What it costs that is easily overlooked, such as streamed responses that it holds while it enforces',
  )
const appliedSchema = z.object({
  name: z.string(),
  version: z.int(),
  mode: z.string().optional().describe('Of the document that was applied'),
  changed: z.boolean(),
  warnings,
})

const diffSchema = z
  .object({
    name: z.string(),
    from: z.int().nullable().describe('A version; null where there is none'),
    to: z.int().nullable().describe('A version; null for a document that is not applied, or a removal'),
    unified: z.string().describe('As diff -u prints it; empty where nothing differs'),
    hunks: z.array(
      z.object({
        oldStart: z.int(),
        oldLines: z.int(),
        newStart: z.int(),
        newLines: z.int(),
        lines: z.array(z.string()),
      }),
    ),
    fields: z
      .array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() }))
      .optional()
      .describe('Each field that differs, defaults filled in; absent where a side cannot be read'),
  })
  .meta({ id: 'PolicyDiff' })

export const policies = endpoints({
  'GET /v1/policies/schema': {
    role: 'viewer',
    summary: 'JSON Schema (2020-12) of a policy document, for editors',
    response: z.record(z.string(), z.unknown()),
  },
  'GET /v1/policies': {
    role: 'viewer',
    summary: 'Policies in force, by name',
    response: z.object({ setVersion: z.int(), policies: z.array(policySchema) }),
    responseHeaders: tagged,
  },
  'GET /v1/policies/:name': {
    role: 'viewer',
    summary: 'One policy in force',
    params: z.object({ name }),
    response: policySchema,
    responseHeaders: tagged,
    errors: { 404: ['not_found'] },
  },
  'GET /v1/policies/:name/versions': {
    role: 'viewer',
    summary: 'Every version that a policy ever had, newest first; removals included',
    params: z.object({ name }),
    response: z.object({ versions: z.array(versionSchema) }),
    errors: { 404: ['not_found'] },
  },
  'GET /v1/policies/:name/versions/:version': {
    role: 'viewer',
    summary: 'One version of a policy',
    params: z.object({ name, version }),
    response: versionSchema,
    errors: { 404: ['not_found'] },
  },
  'GET /v1/policies/:name/diff': {
    role: 'viewer',
    summary: 'What changed between two versions: by default what the newest one changed',
    params: z.object({ name }),
    query: z.object({ from: version.optional(), to: version.optional() }),
    response: diffSchema,
    errors: { 404: ['not_found'] },
  },
  'POST /v1/policies/diff': {
    role: 'viewer',
    summary: 'What applying these documents would change',
    ...yaml,
    response: z.object({ diffs: z.array(diffSchema) }),
    errors: { 400: ['policy_invalid'] },
  },
  'POST /v1/policies/validate': {
    role: 'viewer',
    summary: 'Whether these documents could be applied; 400 with the line of every problem when not',
    ...yaml,
    response: z.object({
      policies: z.array(z.object({ name: z.string(), mode: z.string(), digest: z.string(), warnings })),
    }),
    errors: { 400: ['policy_invalid'] },
  },
  'PUT /v1/policies': {
    role: 'operator',
    summary:
      'Apply one or several policies; each that changed gets a new version. If-Match: tag of the set. Responds when every ingress has it',
    query: applying,
    headers: expecting,
    ...yaml,
    response: changedSchema.extend({ applied: z.array(appliedSchema) }),
    responseHeaders: tagged,
    errors: {
      400: ['policy_invalid'],
      409: ['backtest_required', 'backtest_unknown', 'backtest_mismatch'],
      412: ['precondition_failed'],
    },
  },
  'PUT /v1/policies/:name': {
    role: 'operator',
    summary: 'Apply one policy. If-Match: its version; If-None-Match: * where it must be new',
    params: z.object({ name }),
    query: applying,
    headers: expecting,
    ...yaml,
    response: changedSchema.extend(appliedSchema.shape),
    responseHeaders: tagged,
    errors: {
      400: ['policy_invalid'],
      409: ['backtest_required', 'backtest_unknown', 'backtest_mismatch'],
      412: ['precondition_failed'],
    },
  },
  'POST /v1/policies/:name/rollback': {
    role: 'operator',
    summary: 'Roll back to an earlier version, which becomes a new one. If-Match: the version in force',
    params: z.object({ name }),
    headers: expecting,
    body: z.strictObject({ version: z.int().positive(), reason: reason.optional() }),
    response: changedSchema.extend({ ...appliedSchema.shape, restores: z.int() }),
    responseHeaders: tagged,
    errors: {
      400: ['policy_invalid'],
      404: ['not_found'],
      409: ['version_is_removal'],
      412: ['precondition_failed'],
    },
  },
  'DELETE /v1/policies/:name': {
    role: 'operator',
    summary: 'Remove a policy. If-Match: its version',
    params: z.object({ name }),
    query: because,
    headers: expecting,
    response: changedSchema.extend({ name: z.string(), version: z.int() }),
    errors: { 404: ['not_found'], 412: ['precondition_failed'] },
  },
})
