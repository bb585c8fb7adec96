import { contract } from '@airs-cp/control-api'
import { policyJsonSchema } from '@airs-cp/policy-engine'
import { type Api, ApiError, notFound } from '@airs-cp/runtime'
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
import type { PolicyReader } from './policy-reader.ts'
import { type PolicyFacts, withWarnings } from './read-policies.ts'

export function addPolicyRoutes(
  api: Api,
  {
    database,
    changes,
    reader,
  }: { database: Kysely<PolicyTables>; changes: PolicyChanges; reader: PolicyReader },
): void {
  const schema = policyJsonSchema()
  const facts = createFacts(reader)
  const described = async (version: PolicyVersion) => {
    const nothing = { mode: null, action: null, direction: null, description: null }
    const { document } = version
    const digest = document === null ? null : documentDigest(document)
    return { ...version, ...nothing, ...(document !== null && (await facts(document, digest!))), digest }
  }
  const describedPolicy = async (policy: StoredPolicy) => ({
    ...(await described(policy)),
    document: policy.document,
  })
  api.implement(contract.policy.policies, {
    'GET /v1/policies/schema': async () => schema,
    'GET /v1/policies': async ({ response }) => {
      const [head, policies] = await Promise.all([findSetHead(database), currentPolicies(database)])
      const setVersion = head?.setVersion ?? 0
      response.set('ETag', setTag(setVersion))
      return { setVersion, policies: await Promise.all(policies.map(describedPolicy)) }
    },
    'GET /v1/policies/:name': async ({ params, response }) => {
      const policy = (await currentPolicies(database)).find(({ name }) => name === params.name)
      if (!policy) {
        const [{ version }] = await versionsOf(database, params.name)
        throw new ApiError(
          404,
          'not_found',
          `Policy ${params.name} was removed with version ${version}, and is not in force; its history has who removed it, and a rollback to an earlier version brings it back`,
        )
      }
      response.set('ETag', policyTag(policy.version))
      return describedPolicy(policy)
    },
    'GET /v1/policies/:name/versions': async ({ params }) => ({
      versions: await Promise.all((await versionsOf(database, params.name)).map(described)),
    }),
    'GET /v1/policies/:name/versions/:version': async ({ params }) =>
      described(findVersion(await versionsOf(database, params.name), params.name, params.version)),
    'GET /v1/policies/:name/diff': async ({ params: { name }, query }) => {
      const versions = await versionsOf(database, name)
      const to = query.to === undefined ? versions[0] : findVersion(versions, name, query.to)
      const from =
        query.from === undefined
          ? versions.find(({ version }) => version === to.version - 1)
          : findVersion(versions, name, query.from)
      return reader.diff(name, from ?? { version: null, document: null }, to)
    },
    'POST /v1/policies/diff': async ({ body }) => {
      const given = await reader.read(body, 'given')
      const current = await currentPolicies(database)
      const diffs = given.map(({ policy: { name }, source: document }) => {
        const before = current.find((one) => one.name === name) ?? { version: null, document: null }
        return reader.diff(name, before, { version: null, document, label: `${name} as given` })
      })
      return { diffs: await Promise.all(diffs) }
    },
    'POST /v1/policies/validate': async ({ body }) => ({
      policies: (await reader.tryOut(body)).map(({ policy, source }) => ({
        name: policy.name,
        mode: policy.mode,
        digest: documentDigest(source),
        ...withWarnings(policy),
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

/** The newest first. @throws ApiError 404 where there was never one. */
async function versionsOf(
  database: Kysely<PolicyTables>,
  name: string,
): Promise<[PolicyVersion, ...PolicyVersion[]]> {
  const versions = await policyVersions(database, name)
  const [newest, ...older] = versions
  if (!newest) throw notFound(`Policy ${name}`)
  return [newest, ...older]
}

function findVersion(
  versions: [PolicyVersion, ...PolicyVersion[]],
  name: string,
  wanted: number,
): PolicyVersion {
  const found = versions.find(({ version }) => version === wanted)
  if (!found)
    throw new ApiError(
      404,
      'not_found',
      `Version ${wanted} of policy ${name} does not exist; its newest is ${versions[0].version}`,
    )
  return found
}

const maxKnownFacts = 10_000

/**
 * What documents say; each is read once. Null for what one does not say, or where it is of a later version of AIRS-CP.
 */
function createFacts(reader: PolicyReader) {
  const known = new Map<string, Promise<Partial<PolicyFacts>>>()
  return (document: string, digest: string): Promise<Partial<PolicyFacts>> => {
    const before = known.get(digest)
    if (before) return before
    if (known.size >= maxKnownFacts) known.clear()
    const read = reader.facts(document).catch(() => {
      known.delete(digest)
      return {}
    })
    known.set(digest, read)
    return read
  }
}
