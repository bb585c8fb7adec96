import { appendControlEvent, type Bus, type RunningProjection } from '@airs-cp/bus'
import { eventTypes, type Mode } from '@airs-cp/events'
import { compilePolicySet, PolicyDocumentError, parsePolicies } from '@airs-cp/policy-engine'
import { underLock } from '@airs-cp/postgres'
import { ApiError, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { type Activation, awaitActivation } from './activations.ts'
import { currentPolicies, findMode, latestVersion, readPolicySet } from './policies.ts'
import type { PolicyTables } from './tables.ts'

const source = '/airs/policy'

export type AppliedPolicy = { name: string; version: number; changed: boolean }

export type PolicyChanges = {
  /** @throws ApiError 400 with the line of every problem; then nothing is changed. */
  apply(yaml: string, actor: string): Promise<{ applied: AppliedPolicy[]; ingresses: Activation }>
  remove(name: string, actor: string): Promise<{ name: string; version: number; ingresses: Activation }>
  setMode(
    mode: Mode,
    reason: string,
    actor: string,
  ): Promise<{ mode: Mode; changed: boolean; ingresses: Activation }>
}

/**
 * Changes of the policy set. Each is an event; it is answered when the projection has applied it and every ingress has
 * told that it decides by the new set (or was silent for 2 s, and is named). One change at a time, over all processes, so that versions follow each other.
 * @param publish tells the ingresses.
 */
export function createPolicyChanges({
  bus,
  database,
  projection,
  publish,
}: {
  bus: Bus
  database: Kysely<PolicyTables>
  projection: RunningProjection
  publish: () => Promise<unknown>
}): PolicyChanges {
  const change = async <Result extends object>(
    work: (append: typeof appendAndWait) => Promise<Result>,
  ): Promise<Result & { ingresses: Activation }> => {
    const result = await underLock(database, 'airs policy changes', () => work(appendAndWait))
    await publish()
    const { version } = await readPolicySet(database)
    return { ...result, ingresses: await awaitActivation(database, version) }
  }
  const appendAndWait = async (...[type, data]: AppendArguments) => {
    const { id } = await appendControlEvent(bus, source, type, data)
    await projection.applied(id)
  }

  return {
    apply: (yaml, actor) =>
      change(async (append) => {
        const parsed = readPolicies(yaml)
        await refuseUnusable(database, parsed)
        const current = new Map((await currentPolicies(database)).map((policy) => [policy.name, policy]))
        const applied: AppliedPolicy[] = []
        for (const { policy, source: document } of parsed) {
          const { name } = policy
          const before = current.get(name)
          if (before?.document === document) {
            applied.push({ name, version: before.version, changed: false })
            continue
          }
          const version = (await latestVersion(database, name)) + 1
          await append(eventTypes.policyApplied, { name, version, document, actor })
          applied.push({ name, version, changed: true })
        }
        return { applied }
      }),
    remove: (name, actor) =>
      change(async (append) => {
        const exists = (await currentPolicies(database)).some((policy) => policy.name === name)
        if (!exists) throw notFound(`Policy ${name}`)
        const version = (await latestVersion(database, name)) + 1
        await append(eventTypes.policyRemoved, { name, version, actor })
        return { name, version }
      }),
    setMode: (mode, reason, actor) =>
      change(async (append) => {
        const before = await findMode(database)
        if (before?.mode === mode) return { mode, changed: false }
        await append(eventTypes.modeChanged, { mode, reason, actor })
        return { mode, changed: true }
      }),
  }
}

type AppendArguments =
  | [typeof eventTypes.policyApplied, { name: string; version: number; document: string; actor: string }]
  | [typeof eventTypes.policyRemoved, { name: string; version: number; actor: string }]
  | [typeof eventTypes.modeChanged, { mode: Mode; reason: string; actor: string }]

function readPolicies(yaml: string) {
  try {
    return parsePolicies(yaml)
  } catch (error) {
    if (error instanceof PolicyDocumentError)
      throw new ApiError(400, 'policy_invalid', error.message, error.problems)
    throw error
  }
}

/** A set that does not compile is never activated: the whole set as it would be is tried first. */
async function refuseUnusable(
  database: Kysely<PolicyTables>,
  parsed: ReturnType<typeof parsePolicies>,
): Promise<void> {
  const set = await readPolicySet(database)
  const changed = parsed.map(({ policy, source: document }) => ({ name: policy.name, version: 1, document }))
  const names = new Set(changed.map(({ name }) => name))
  try {
    compilePolicySet({
      ...set,
      policies: [...set.policies.filter(({ name }) => !names.has(name)), ...changed],
    })
  } catch (error) {
    throw new ApiError(400, 'policy_invalid', `The policy set does not compile: ${(error as Error).message}`)
  }
}
