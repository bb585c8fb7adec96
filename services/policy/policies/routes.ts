import { policyJsonSchema } from '@airs-cp/policy-engine'
import { type Api, ApiError, notFound } from '@airs-cp/runtime'
import type { Response } from 'express'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { PolicyTables } from '../tables.ts'
import type { ApplyOptions, PolicyChanges } from './change-policies.ts'
import { policyTag, readExpectation, setTag } from './etag.ts'
import {
  currentPolicies,
  documentDigest,
  findSetHead,
  type PolicyVersion,
  policyVersions,
  type StoredPolicy,
} from './policies.ts'
import { diffPolicy } from './policy-diff.ts'
import { readPolicies, readUsablePolicies, schemaName } from './read-policies.ts'

const yaml = { body: z.string(), bodyTypes: ['application/yaml', 'text/yaml', 'text/plain'] }
const nameSchema = z.object({ name: z.string() })
const number = z.coerce.number().int().positive()
const reasonSchema = z.object({ reason: z.string().max(1_000).optional() })
const applySchema = reasonSchema.extend({
  backtest: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "is the digest of a backtest's report, 64 hexadecimal digits")
    .optional()
    .describe("Digest of a backtest's report that was made of exactly these documents"),
})

const versionSchema = z.object({
  name: z.string(),
  version: z.int(),
  document: z.string().nullable().describe('YAML as applied; null where this version removed the policy'),
  digest: z.string().nullable().describe('SHA-256 of the document'),
  mode: z.string().nullable(),
  action: z.string().nullable(),
  direction: z.array(z.string()).nullable(),
  description: z.string().nullable(),
  actor: z.string(),
  applied_at: z.iso.datetime(),
  reason: z.string().nullable(),
  restores: z.int().nullable().describe('The earlier version whose document this one has again'),
  backtest: z.string().nullable().describe("Digest of the backtest's report that was shown for it"),
})

export const activationSchema = z
  .object({
    activated: z.int().describe('Ingresses that decide by it'),
    pending: z.array(z.string()).describe('Ingresses that have not told so within 2 s'),
    rejected: z.array(z.object({ source: z.string(), error: z.string() })),
  })
  .describe('Who decides by the set as changed')

const changedSchema = z.object({ setVersion: z.int(), ingresses: activationSchema })
const appliedSchema = z.object({ name: z.string(), version: z.int(), changed: z.boolean() })

const diffSchema = z.object({
  name: z.string(),
  from: z.int().nullable(),
  to: z.int().nullable(),
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
  fields: z.array(z.object({ field: z.string(), before: z.any(), after: z.any() })).optional(),
})

export function addPolicyRoutes(api: Api, database: Kysely<PolicyTables>, changes: PolicyChanges): void {
  addSchema(api)
  addReading(api, database)
  addComparing(api, database)
  addChanging(api, changes)
}

/** Before the routes of policies by name: none can have this one (`readNamedPolicies`). */
function addSchema({ route }: Api): void {
  const schema = policyJsonSchema()
  route(
    'get',
    `/v1/policies/${schemaName}`,
    {
      role: 'viewer',
      summary: 'JSON Schema (2020-12) of a policy document, for editors',
      answer: z.record(z.string(), z.unknown()),
    },
    async () => schema,
  )
}

function addReading({ route }: Api, database: Kysely<PolicyTables>): void {
  route(
    'get',
    '/v1/policies',
    {
      role: 'viewer',
      summary: 'Policies in force. ETag: of the whole set, for If-Match',
      answer: z.object({ setVersion: z.int(), policies: z.array(versionSchema) }),
    },
    async ({ response }) => {
      const [head, policies] = await Promise.all([findSetHead(database), currentPolicies(database)])
      const setVersion = head?.setVersion ?? 0
      response.set('ETag', setTag(setVersion))
      return { setVersion, policies: policies.map(described) }
    },
  )
  route(
    'get',
    '/v1/policies/:name',
    {
      role: 'viewer',
      summary: 'One policy in force. ETag: its version, for If-Match',
      params: nameSchema,
      answer: versionSchema,
    },
    async ({ params, response }) => {
      const policy = (await currentPolicies(database)).find(({ name }) => name === params.name)
      if (!policy) throw notFound(`Policy ${params.name}`)
      return tagged(response, policy)
    },
  )
  route(
    'get',
    '/v1/policies/:name/versions',
    {
      role: 'viewer',
      summary: 'Every version that a policy ever had, newest first; removals included',
      params: nameSchema,
      answer: z.object({ versions: z.array(versionSchema) }),
    },
    async ({ params }) => ({ versions: (await versionsOf(database, params.name)).map(described) }),
  )
  route(
    'get',
    '/v1/policies/:name/versions/:version',
    {
      role: 'viewer',
      summary: 'One version of a policy',
      params: z.object({ name: z.string(), version: number }),
      answer: versionSchema,
    },
    async ({ params }) =>
      described(findVersion(await versionsOf(database, params.name), params.name, params.version)),
  )
}

function addComparing({ route }: Api, database: Kysely<PolicyTables>): void {
  route(
    'get',
    '/v1/policies/:name/diff',
    {
      role: 'viewer',
      summary: 'What changed between two versions: by default what the newest one changed',
      params: nameSchema,
      query: z.object({ from: number.optional(), to: number.optional() }),
      answer: diffSchema,
    },
    async ({ params: { name }, query }) => {
      const versions = await versionsOf(database, name)
      const to = query.to === undefined ? versions[0]! : findVersion(versions, name, query.to)
      const from =
        query.from === undefined
          ? versions.find(({ version }) => version === to.version - 1)
          : findVersion(versions, name, query.from)
      return diffPolicy(name, from ?? { version: null, document: null }, to)
    },
  )
  route(
    'post',
    '/v1/policies/diff',
    {
      role: 'viewer',
      summary: 'What applying these documents would change',
      ...yaml,
      answer: z.object({ diffs: z.array(diffSchema) }),
    },
    async ({ body }) => {
      const current = await currentPolicies(database)
      return {
        diffs: readPolicies(body).map(({ policy: { name }, source: document }) => {
          const before = current.find((one) => one.name === name) ?? { version: null, document: null }
          return diffPolicy(name, before, { version: null, document, label: `${name} as given` })
        }),
      }
    },
  )
  route(
    'post',
    '/v1/policies/validate',
    {
      role: 'viewer',
      summary: 'Whether these documents could be applied; 400 with the line of every problem when not',
      ...yaml,
      answer: z.object({
        policies: z.array(z.object({ name: z.string(), mode: z.string(), digest: z.string() })),
      }),
    },
    async ({ body }) => ({
      policies: readUsablePolicies(body).map(({ policy: { name, mode }, source }) => ({
        name,
        mode,
        digest: documentDigest(source),
      })),
    }),
  )
}

function addChanging({ route }: Api, changes: PolicyChanges): void {
  route(
    'put',
    '/v1/policies',
    {
      role: 'operator',
      summary:
        'Apply one or several policies; each that changed gets a new version. If-Match: tag of the set. Answers when every ingress has it',
      query: applySchema,
      ...yaml,
      answer: changedSchema.extend({ applied: z.array(appliedSchema) }),
    },
    async (context) => {
      const answer = await changes.apply(context.body, optionsOf(context))
      context.response.set('ETag', setTag(answer.setVersion))
      return answer
    },
  )
  route(
    'put',
    '/v1/policies/:name',
    {
      role: 'operator',
      summary: 'Apply one policy. If-Match: its version; If-None-Match: * where it must be new',
      params: nameSchema,
      query: applySchema,
      ...yaml,
      answer: changedSchema.extend(appliedSchema.shape),
    },
    async (context) => {
      const options = { ...optionsOf(context), name: context.params.name }
      const { applied, ...answer } = await changes.apply(context.body, options)
      context.response.set('ETag', policyTag(applied[0]!.version))
      return { ...applied[0]!, ...answer }
    },
  )
  route(
    'post',
    '/v1/policies/:name/rollback',
    {
      role: 'operator',
      summary: 'Bring an earlier version back, as a new one. If-Match: the version in force',
      params: nameSchema,
      body: z.strictObject({ version: z.int().positive(), ...reasonSchema.shape }),
      answer: changedSchema.extend({ ...appliedSchema.shape, restores: z.int() }),
    },
    async (context) => {
      const { version, reason } = context.body
      const options = { ...optionsOf({ ...context, query: { reason } }) }
      const answer = await changes.rollback(context.params.name, version, options)
      context.response.set('ETag', policyTag(answer.version))
      return answer
    },
  )
  route(
    'delete',
    '/v1/policies/:name',
    {
      role: 'operator',
      summary: 'Remove a policy. If-Match: its version',
      params: nameSchema,
      query: reasonSchema,
      answer: changedSchema.extend({ name: z.string(), version: z.int() }),
    },
    (context) => changes.remove(context.params.name, optionsOf(context)),
  )
}

function optionsOf({
  caller,
  query,
  request,
}: {
  caller: { name: string }
  query: { reason?: string | undefined; backtest?: string | undefined }
  request: { headers: Record<string, string | string[] | undefined> }
}): ApplyOptions {
  return {
    actor: caller.name,
    expected: readExpectation(request.headers),
    ...(query.reason !== undefined && { reason: query.reason }),
    ...(query.backtest !== undefined && { backtest: query.backtest }),
  }
}

async function versionsOf(database: Kysely<PolicyTables>, name: string): Promise<PolicyVersion[]> {
  const versions = await policyVersions(database, name)
  if (versions.length === 0) throw notFound(`Policy ${name}`)
  return versions
}

function findVersion(versions: PolicyVersion[], name: string, wanted: number): PolicyVersion {
  const found = versions.find(({ version }) => version === wanted)
  if (!found)
    throw new ApiError(
      404,
      'not_found',
      `Version ${wanted} of policy ${name} does not exist; its newest is ${versions[0]!.version}`,
    )
  return found
}

function tagged(response: Response, policy: StoredPolicy) {
  response.set('ETag', policyTag(policy.version))
  return described(policy)
}

/** With what its document says; null where it says nothing, or is of a later version of AIRS-CP. */
function described(version: PolicyVersion) {
  const { document } = version
  const facts = { mode: null, action: null, direction: null, description: null, ...factsOf(document) }
  return { ...version, ...facts, digest: document === null ? null : documentDigest(document) }
}

function factsOf(document: string | null) {
  if (document === null) return {}
  try {
    const { mode, action, direction, description } = readPolicies(document)[0]!.policy
    return { mode, action, direction, description }
  } catch {
    return {}
  }
}
