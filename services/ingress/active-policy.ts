import type { Bus } from '@airs-cp/bus'
import { type CompiledPolicySet, compilePolicySet, type PolicySet } from '@airs-cp/policy-engine'
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
  const read = (text: string) => compilePolicySet(JSON.parse(text) as PolicySet)
  return followPublished({ connecting, key: 'active', file, read, log })
}
