import { contract } from '@airs-cp/control-api'
import { policyJsonSchema } from '@airs-cp/policy-engine'
import { type Api, ApiError, notFound } from '@airs-cp/runtime'
import type { Response } from 'express'
import type { Kysely } from 'kysely'
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
import { readPolicies, readUsablePolicies } from './read-policies.ts'

export function addPolicyRoutes(api: Api, database: Kysely<PolicyTables>, changes: PolicyChanges): void {
  const schema = policyJsonSchema()
  api.implement(contract.policy.policies, {
    'GET /v1/policies/schema': async () => schema,
    'GET /v1/policies': async ({ response }) => {
      const [head, policies] = await Promise.all([findSetHead(database), currentPolicies(database)])
      const setVersion = head?.setVersion ?? 0
      response.set('ETag', setTag(setVersion))
      return { setVersion, policies: policies.map(describedPolicy) }
    },
    'GET /v1/policies/:name': async ({ params, response }) => {
      const policy = (await currentPolicies(database)).find(({ name }) => name === params.name)
      if (!policy) throw notFound(`Policy ${params.name}`)
      return tagged(response, policy)
    },
    'GET /v1/policies/:name/versions': async ({ params }) => ({
      versions: (await versionsOf(database, params.name)).map(described),
    }),
    'GET /v1/policies/:name/versions/:version': async ({ params }) =>
      described(findVersion(await versionsOf(database, params.name), params.name, params.version)),
    'GET /v1/policies/:name/diff': async ({ params: { name }, query }) => {
      const versions = await versionsOf(database, name)
      const to = query.to === undefined ? versions[0]! : findVersion(versions, name, query.to)
      const from =
        query.from === undefined
          ? versions.find(({ version }) => version === to.version - 1)
          : findVersion(versions, name, query.from)
      return diffPolicy(name, from ?? { version: null, document: null }, to)
    },
    'POST /v1/policies/diff': async ({ body }) => {
      const current = await currentPolicies(database)
      return {
        diffs: readPolicies(body).map(({ policy: { name }, source: document }) => {
          const before = current.find((one) => one.name === name) ?? { version: null, document: null }
          return diffPolicy(name, before, { version: null, document, label: `${name} as given` })
        }),
      }
    },
    'POST /v1/policies/validate': async ({ body }) => ({
      policies: readUsablePolicies(body).map(({ policy: { name, mode }, source }) => ({
        name,
        mode,
        digest: documentDigest(source),
      })),
    }),
    'PUT /v1/policies': async (context) => {
      const changed = await changes.apply(context.body, optionsOf(context))
      context.response.set('ETag', setTag(changed.setVersion))
      return changed
    },
    'PUT /v1/policies/:name': async (context) => {
      const options = { ...optionsOf(context), name: context.params.name }
      const { applied, ...changed } = await changes.apply(context.body, options)
      context.response.set('ETag', policyTag(applied[0]!.version))
      return { ...applied[0]!, ...changed }
    },
    'POST /v1/policies/:name/rollback': async (context) => {
      const { version, reason } = context.body
      const options = optionsOf({ ...context, query: { reason } })
      const changed = await changes.rollback(context.params.name, version, options)
      context.response.set('ETag', policyTag(changed.version))
      return changed
    },
    'DELETE /v1/policies/:name': (context) => changes.remove(context.params.name, optionsOf(context)),
  })
}

function optionsOf({
  caller,
  query,
  headers,
}: {
  caller: { name: string }
  query: { reason?: string | undefined; backtest?: string | undefined }
  headers: Parameters<typeof readExpectation>[0]
}): ApplyOptions {
  return {
    actor: caller.name,
    expected: readExpectation(headers),
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
  return describedPolicy(policy)
}

/** With what its document says; null where it says nothing, or is of a later version of AIRS-CP. */
function described(version: PolicyVersion) {
  const { document } = version
  const facts = { mode: null, action: null, direction: null, description: null, ...factsOf(document) }
  return { ...version, ...facts, digest: document === null ? null : documentDigest(document) }
}

function describedPolicy(policy: StoredPolicy) {
  return { ...described(policy), document: policy.document }
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
