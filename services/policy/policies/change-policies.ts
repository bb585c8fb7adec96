import { appendControlEvent } from '@airs-cp/bus'
import { eventTypes, type Mode, type PolicyApplied, type PolicyRemoved } from '@airs-cp/events'
import { underLock } from '@airs-cp/postgres'
import { ApiError, notFound } from '@airs-cp/runtime'
import type { Kysely } from 'kysely'
import { checkBacktest } from '../backtests/check-backtest.ts'
import type { PolicyTables } from '../tables.ts'
import type { Changing } from './activate.ts'
import type { ActivatedPart, Activation } from './activations.ts'
import { type Expectation, expect, policyTag, setTag } from './etag.ts'
import { currentPolicies, findSetHead, latestVersion, policyVersions, type StoredPolicy } from './policies.ts'
import type { PolicyReader } from './policy-reader.ts'
import { type ReadPolicy, withWarnings } from './read-policies.ts'

const source = '/airs/policy'

export type AppliedPolicy = {
  name: string
  version: number
  mode?: string
  changed: boolean
  warnings?: string[]
}

/** Who changes something, why, and what the caller takes for the current state. */
export type ChangeOptions = { actor: string; reason?: string; expected?: Expectation }

export type ApplyOptions = ChangeOptions & {
  /** The document must be of exactly this policy, and `expected` is about it; otherwise it is about the set. */
  name?: string
  /** Digest of a backtest's report that was made of these documents. */
  backtest?: string
}

/** What a change comes to: the version of the set, and which ingresses decide by it. */
export type Changed = { setVersion: number; ingresses: Activation }

export type PolicyChanges = {
  /** @throws ApiError 400 with the line of every problem, 412 when it is not as expected; then nothing is changed. */
  apply(yaml: string, options: ApplyOptions): Promise<Changed & { applied: AppliedPolicy[] }>
  /** Brings an earlier version back, as a new one. */
  rollback(
    name: string,
    version: number,
    options: ChangeOptions,
  ): Promise<Changed & AppliedPolicy & { restores: number }>
  remove(name: string, options: ChangeOptions): Promise<Changed & { name: string; version: number }>
  /** The mode is in force wherever it is known, whatever becomes of the policies. */
  setMode(change: {
    mode: Mode
    reason: string
    message?: string | undefined
    actor: string
  }): Promise<Changed & { mode: Mode; changed: boolean }>
}

/**
 * Changes of the policy set. Each is an event; the response comes when the projection has applied it and every ingress has
 * reported that it decides by the new set (or was silent for 2 s, and is named). One change at a time, over all
 * processes, so that versions follow each other.
 */
export function createPolicyChanges({
  bus,
  database,
  projection,
  publisher,
  activations,
  reader,
  requiresBacktest = false,
}: Changing & {
  reader: PolicyReader
  /** Whether a policy that enforces needs one. Bringing an earlier version back does not: that must not have to wait. */
  requiresBacktest?: boolean
}): PolicyChanges {
  async function change<Result extends object>(
    work: () => Promise<Result>,
    part: ActivatedPart = 'policies',
  ): Promise<Result & Changed> {
    const { setVersion, ...result } = await underLock(database, 'airs policy changes', async () => {
      const changed = await work()
      return { ...changed, setVersion: (await findSetHead(database))?.setVersion ?? 0 }
    })
    if (part === 'mode') await publisher.publish('mode')
    const publishing = publisher.publish('mode', 'policies')
    // The policies may be the reason why the mode is changed: it is in force whether or not they can be published.
    if (part === 'mode') await publishing.catch(() => {})
    else await publishing
    return {
      ...(result as unknown as Result),
      setVersion,
      ingresses: await activations.reached(part, setVersion),
    }
  }
  /** A set that does not compile is never activated: the whole set as it would be is tried first. */
  async function refuseUnusable(parsed: ReadPolicy[]): Promise<void> {
    const changed = parsed.map(({ policy, source: document }) => ({
      name: policy.name,
      version: 1,
      document,
    }))
    const names = new Set(changed.map(({ name }) => name))
    const others = (await currentPolicies(database)).filter(({ name }) => !names.has(name))
    await reader.compile([
      ...others.map(({ name, version, document }) => ({ name, version, document })),
      ...changed,
    ])
  }
  const applied = async (appending: Promise<{ id: string }>) => projection.applied((await appending).id)
  /** Applies a document where it differs from what is in force. */
  async function applyOne(
    before: StoredPolicy | undefined,
    policy: Omit<PolicyApplied, 'version'>,
  ): Promise<AppliedPolicy> {
    const { name, document } = policy
    if (before?.document === document) return { name, version: before.version, changed: false }
    const version = (await latestVersion(database, name)) + 1
    await applied(appendControlEvent(bus, source, eventTypes.policyApplied, { ...policy, version }))
    return { name, version, changed: true }
  }

  return {
    async apply(yaml, { actor, reason, expected, name, backtest }) {
      const parsed = await reader.read(yaml, 'given')
      return change(async () => {
        const current = byName(await currentPolicies(database))
        if (name !== undefined) expectOnly(parsed, name)
        if (expected && name !== undefined) expectPolicy(expected, name, current.get(name))
        else if (expected) await expectSet(database, expected)
        await refuseUnusable(parsed)
        const changed = parsed.filter(({ policy, source }) => current.get(policy.name)?.document !== source)
        await checkBacktest(database, changed, { digest: backtest, isRequired: requiresBacktest })
        const results: AppliedPolicy[] = []
        for (const { policy, source: document } of parsed)
          results.push({
            ...(await applyOne(current.get(policy.name), {
              name: policy.name,
              document,
              actor,
              ...why(reason),
              ...(backtest !== undefined && { backtest }),
            })),
            mode: policy.mode,
            ...withWarnings(policy),
          })
        return { applied: results }
      })
    },
    rollback: (name, restores, { actor, reason, expected }) =>
      change(async () => {
        const versions = await policyVersions(database, name)
        const old = versions.find(({ version }) => version === restores)
        if (!old) throw notFound(`Version ${restores} of policy ${name}`)
        const { document } = old
        if (document === null)
          throw new ApiError(
            409,
            'version_is_removal',
            `Version ${restores} of policy ${name} removed it; to do so again: airs policy remove ${name}`,
          )
        const current = byName(await currentPolicies(database)).get(name)
        if (expected) expectPolicy(expected, name, current)
        await refuseUnusable(await reader.read(document, 'recorded'))
        const result = await applyOne(current, { name, document, actor, restores, ...why(reason) })
        return { ...result, restores }
      }),
    remove: (name, { actor, reason, expected }) =>
      change(async () => {
        const current = byName(await currentPolicies(database)).get(name)
        if (!current) throw notFound(`Policy ${name}`)
        if (expected) expectPolicy(expected, name, current)
        const removed: PolicyRemoved = { name, version: current.version + 1, actor, ...why(reason) }
        await applied(appendControlEvent(bus, source, eventTypes.policyRemoved, removed))
        return { name, version: removed.version }
      }),
    setMode: ({ mode, reason, message, actor }) =>
      change(async () => {
        const before = await findSetHead(database)
        if (before?.mode === mode && before.message === (message ?? null)) return { mode, changed: false }
        const data = { mode, reason, ...(message !== undefined && { message }), actor }
        await applied(appendControlEvent(bus, source, eventTypes.modeChanged, data))
        return { mode, changed: true }
      }, 'mode'),
  }
}

function byName(policies: StoredPolicy[]): Map<string, StoredPolicy> {
  return new Map(policies.map((policy) => [policy.name, policy]))
}

function why(reason: string | undefined): { reason?: string } {
  return reason ? { reason } : {}
}

function expectOnly(parsed: ReadPolicy[], name: string): void {
  const names = parsed.map(({ policy }) => policy.name)
  if (names.length === 1 && names[0] === name) return
  throw new ApiError(
    400,
    'policy_invalid',
    `The address says policy ${name}, and the document has ${names.join(', ')}; PUT /v1/policies takes any`,
  )
}

function expectPolicy(expected: Expectation, name: string, current: StoredPolicy | undefined): void {
  const what = current ? `Policy ${name} is at version ${current.version}` : `Policy ${name} is not in force`
  expect(expected, current && policyTag(current.version), what)
}

async function expectSet(database: Kysely<PolicyTables>, expected: Expectation): Promise<void> {
  const setVersion = (await findSetHead(database))?.setVersion ?? 0
  expect(expected, setTag(setVersion), `The policy set is at version ${setVersion} (tag set-${setVersion})`)
}
