import { createDetector, type Detector } from '@airs-cp/detectors'
import type { Mode } from '@airs-cp/events'
import type { PolicyDocument } from './document.ts'
import { parsePolicies } from './parse-policies.ts'

/** The policies in force, as the policy service publishes them. */
export type PolicySet = {
  version: number
  mode: Mode
  policies: { name: string; version: number; document: string }[]
}

export type CompiledPolicy = {
  version: number
  document: PolicyDocument
  /** Detectors with the threshold from which the policy heeds them; shared between policies that ask for the same. */
  detectors: { detector: Detector; threshold: number }[]
}

export type CompiledPolicySet = { version: number; mode: Mode; policies: CompiledPolicy[] }

/** What applies before any policy set was ever seen: nothing is looked for. */
export const emptyPolicySet: CompiledPolicySet = { version: 0, mode: 'observe', policies: [] }

/**
 * Prepares a policy set for evaluation.
 * @throws PolicyDocumentError or the detector's own error; then the set must not be activated.
 */
export function compilePolicySet(set: PolicySet): CompiledPolicySet {
  const shared = new Map<string, Detector>()
  return {
    version: set.version,
    mode: set.mode,
    policies: set.policies.map(({ version, document }) => {
      const { policy } = parsePolicies(document)[0]!
      return {
        version,
        document: policy,
        detectors: policy.detectors.map((spec) => compileDetector(spec, shared)),
      }
    }),
  }
}

function compileDetector(
  { threshold, ...spec }: PolicyDocument['detectors'][number],
  shared: Map<string, Detector>,
): { detector: Detector; threshold: number } {
  const key = JSON.stringify(spec)
  const detector = shared.get(key) ?? createDetector(spec)
  shared.set(key, detector)
  return { detector, threshold }
}
