import type { Bus } from '@airs-cp/bus'
import { parsePublished } from '@airs-cp/events'
import { type CompiledPolicySet, compilePolicySet } from '@airs-cp/policy-engine'
import type { Logger } from '@airs-cp/runtime'
import { followPublished, type Published } from './follow-published.ts'

/** The policy set in force here. While there is none no request may pass, because nobody knows what is forbidden. */
export type ActivePolicy = Published<CompiledPolicySet>

/** Follows the published policy set. A set that does not compile is not activated. */
export function followActivePolicy(
  connecting: Promise<Bus>,
  file: string,
  log: Logger,
): Promise<ActivePolicy> {
  const read = (text: string) => compilePolicySet(parsePublished('active', text))
  return followPublished({ connecting, key: 'active', file, read, log })
}

/** The set that was published last and could not be used, and why. */
export function rejectedSet(policy: ActivePolicy): { version: number; error: string } | undefined {
  const rejected = policy.rejected()
  return rejected && { version: versionOf(rejected.text), error: rejected.message.slice(0, 2_000) }
}

/** What a person should know of the set in force; undefined when it is the one that the policy service says. */
export function policyNote(policy: ActivePolicy): string | undefined {
  const version = policy.current()?.version
  const rejected = rejectedSet(policy)
  if (rejected)
    return `cannot use policy set ${rejected.version} and decides by set ${version ?? 'none'}: ${rejected.error}`
  if (policy.origin() === 'last-known-good')
    return `decides by the last known good policy set, version ${version}: the policy service has not been heard of since the start; is NATS up?`
  return undefined
}

function versionOf(text: string): number {
  try {
    const { version } = JSON.parse(text) as { version?: unknown }
    return Number.isSafeInteger(version) && (version as number) >= 0 ? (version as number) : 0
  } catch {
    return 0
  }
}
