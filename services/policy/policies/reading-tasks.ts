import { compilePolicySet } from '@airs-cp/policy-engine'
import { diffPolicy, type PolicyDiff, type Side } from './policy-diff.ts'
import {
  compileAll,
  factsOf,
  type PolicyFacts,
  type ReadPolicy,
  readNamedPolicies,
  readPolicies,
} from './read-policies.ts'

export type NamedDocument = { name: string; version: number; document: string }

/** What is done with policy documents, on a thread of its own. */
export type ReadingTasks = {
  /** The policies in a text, and whether a policy may have such a name. */
  read(yaml: string, as: 'recorded' | 'given'): ReadPolicy[]
  /** Those in a text, tried as an ingress would. */
  tryOut(yaml: string): ReadPolicy[]
  /** @throws ApiError 400 when this set cannot be used. */
  compile(policies: NamedDocument[]): void
  diff(name: string, before: Side, after: Side): PolicyDiff
  /** What a document says; empty where it cannot be read, or is of a later version. */
  facts(document: string): Partial<PolicyFacts>
}

export const readingTasks: ReadingTasks = {
  read: (yaml, as) => (as === 'given' ? readNamedPolicies(yaml) : readPolicies(yaml)),
  tryOut(yaml) {
    const parsed = readNamedPolicies(yaml)
    const policies = parsed.map(({ policy, source }) => ({ name: policy.name, version: 1, document: source }))
    compileAll('The policies do not compile', () =>
      compilePolicySet({ version: 0, mode: 'enforce', policies }),
    )
    return parsed
  },
  compile: (policies) =>
    compileAll('The policy set does not compile', () =>
      compilePolicySet({ version: 0, mode: 'enforce', policies }),
    ),
  diff: diffPolicy,
  facts: factsOf,
}
