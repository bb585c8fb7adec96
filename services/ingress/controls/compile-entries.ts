import type { PublishedEntries } from '@airs-cp/events'
import { type CompiledPolicySet, compilePolicySet } from '@airs-cp/policy-engine'

/** The policies in force. The mode is in force by itself. @throws when they cannot be used. */
export function compileEntries(
  entries: ReadonlyMap<string, PublishedEntries['policies']>,
  version: number,
): CompiledPolicySet {
  const policies = [...entries.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
  return compilePolicySet({ version, mode: 'observe', policies })
}
