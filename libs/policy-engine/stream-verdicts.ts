import type { Action, Decision, Verdict } from '@airs-cp/events'
import type { CompiledPolicy, CompiledPolicySet } from './compile.ts'
import {
  type Block,
  blockOf,
  failedBlockOf,
  failureOf,
  interferes,
  isBlocking,
  isEnforced,
  isStronger,
  unscannedBlockOf,
  verdictOf,
} from './evaluate.ts'
import type { Unscanned } from './evaluation-context.ts'

/** Parts that were not read are named up to this number. */
const maxSkipped = 100

/** What the policies of a stream have decided so far. The strongest block counts. */
export type StreamVerdicts = {
  /** A policy applies, by the finding with this index where it is by one. */
  fire(policy: CompiledPolicy, index?: number): void
  /** A policy could not be applied; what that does, its `onError` says. */
  fail(policy: CompiledPolicy, error: unknown): void
  hasFired(policy: CompiledPolicy): boolean
  hasFailed(policy: CompiledPolicy): boolean
  block(by: Block): void
  blockedBy(): Block | undefined
  /** A part of the response was not read, which policies may block. */
  skip(part: Unscanned, policies: readonly CompiledPolicy[]): void
  /** Something was found that may not be changed. Said once for each place and type. */
  keepSigned(path: string, type: string): void
  hasKeptSigned(): boolean
  /** What was not read, but echoes of what was. */
  unscanned(): readonly Unscanned[]
  skipped(): Decision['scanned']['skipped']
  /** The strongest action, of a block or of those of `policies` that apply. */
  action(policies: Iterable<CompiledPolicy>): Action
  list(): Verdict[]
}

/** @param inScope those that the verdicts are of, in their order. */
export function createStreamVerdicts(
  set: CompiledPolicySet,
  inScope: readonly CompiledPolicy[],
): StreamVerdicts {
  const foundBy = new Map<CompiledPolicy, Set<number>>()
  const failed = new Map<CompiledPolicy, Verdict | undefined>()
  const unscannedBy = new Set<CompiledPolicy>()
  const skipped: Decision['scanned']['skipped'] = []
  const unscanned: Unscanned[] = []
  const named = new Set<string>()
  const signed = new Set<string>()
  let blockedBy: Block | undefined

  function block(by: Block): void {
    if (!blockedBy || isStronger(by.action, blockedBy.action)) blockedBy = by
  }

  return {
    fire(policy, index) {
      const found = foundBy.get(policy) ?? new Set()
      foundBy.set(policy, found)
      if (index !== undefined) found.add(index)
      if (interferes(set, policy) && isBlocking(policy.document.action)) block(blockOf(policy, {}))
    },
    fail(policy, error) {
      const enforced = isEnforced(set, policy)
      const closed = enforced && policy.document.onError === 'closed'
      skipped.push({ path: '', reason: failureOf(policy, closed, error) })
      failed.set(policy, closed ? { ...verdictOf(policy, true, []), action: 'block' } : undefined)
      if (closed) block(failedBlockOf(policy))
    },
    hasFired: (policy) => foundBy.has(policy),
    hasFailed: (policy) => failed.has(policy),
    block,
    blockedBy: () => blockedBy,
    skip({ path, kind, reason }, policies) {
      const name = `${path}\0${kind}`
      if (named.has(name)) return
      if (named.size < maxSkipped) skipped.push({ path, reason: `${kind}: ${reason}` })
      if (named.size < 10 * maxSkipped) named.add(name)
      if (kind === 'echo') return
      if (unscanned.length < maxSkipped) unscanned.push({ path, kind, reason })
      for (const policy of policies) {
        if (policy.document.onUnscanned !== 'block') continue
        unscannedBy.add(policy)
        if (interferes(set, policy)) block(unscannedBlockOf(policy, { path, kind, reason }))
      }
    },
    keepSigned(path, type) {
      if (signed.has(`${path}\0${type}`)) return
      signed.add(`${path}\0${type}`)
      const reason = `signed: ${type} was found and is passed on, since it must come back unchanged`
      skipped.push({ path, reason })
    },
    hasKeptSigned: () => signed.size > 0,
    unscanned: () => unscanned,
    skipped: () => skipped,
    action(policies) {
      let action: Action = blockedBy?.action ?? 'allow'
      for (const policy of policies)
        if (foundBy.has(policy) && isStronger(policy.document.action, action)) action = policy.document.action
      return action
    },
    list: () =>
      inScope.flatMap((policy) => {
        const found = foundBy.get(policy)
        const indexes = [...(found ?? [])].sort((a, b) => a - b)
        const own = found ? [verdictOf(policy, isEnforced(set, policy), indexes)] : []
        const closed = failed.get(policy)
        const unread: Verdict[] = unscannedBy.has(policy)
          ? [{ ...verdictOf(policy, isEnforced(set, policy), []), action: 'block' }]
          : []
        return [...own, ...unread, ...(closed ? [closed] : [])]
      }),
  }
}
