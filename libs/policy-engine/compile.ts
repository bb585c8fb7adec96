import { createDetector, type Detector, type DetectorSpec } from '@airs-cp/detectors'
import { type Mode, type PolicySet, type TextSource, textSources } from '@airs-cp/events'
import { type Condition, compileCondition } from './condition/compile-condition.ts'
import type { DetectorRule, PolicyDocument } from './document.ts'
import { parsePolicies } from './parse-policies.ts'
import type { McpRuleDocument } from './tool-calls/mcp-rule.ts'
import { createToolCallRule, type ToolCallRule } from './tool-calls/tool-call-rule.ts'

/** What a policy looks for. Detectors of texts are shared between policies that ask for the same. */
export type CompiledDetector =
  | {
      kind: 'text'
      detector: Detector
      /** From which confidence on the policy heeds it. */
      threshold: number
      /** Undefined: texts of every source. */
      sources: ReadonlySet<TextSource> | undefined
      /** The types that it looks for; undefined: all that its detector knows. */
      types: ReadonlySet<string> | undefined
      /** Where a second stage judges what this one suspects; `threshold` decides without it. */
      secondStage?: { suspicion: number; threshold: number }
    }
  | { kind: 'tool-call'; rule: ToolCallRule }
  | { kind: 'system-prompt'; words: number; threshold: number }
  | { kind: 'server-tool'; rule: McpRuleDocument }

export type CompiledPolicy = {
  version: number
  document: PolicyDocument
  detectors: CompiledDetector[]
  condition: Condition | undefined
}

export type CompiledPolicySet = { version: number; mode: Mode; policies: CompiledPolicy[] }

/**
 * Prepares a policy set for evaluation.
 * @throws Error that names every policy that cannot be used, and why; then the set must not be activated.
 */
export function compilePolicySet(set: PolicySet): CompiledPolicySet {
  const shared = new Map<string, Detector>()
  const policies: CompiledPolicy[] = []
  const problems: string[] = []
  for (const { name, version, document } of set.policies)
    try {
      policies.push(compilePolicy(version, document, shared))
    } catch (error) {
      const { message } = error as Error
      problems.push(message.includes(`policy ${name}: `) ? message : `policy ${name}: ${message}`)
    }
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return { version: set.version, mode: set.mode, policies }
}

/** @throws PolicyDocumentError or the detector's own error. */
function compilePolicy(version: number, document: string, shared: Map<string, Detector>): CompiledPolicy {
  const { policy } = parsePolicies(document)[0]!
  return {
    version,
    document: policy,
    detectors: [
      ...policy.detectors.map((rule) => compileDetector(rule, shared)),
      ...(policy.mcp ? [{ kind: 'server-tool' as const, rule: policy.mcp }] : []),
    ],
    condition: policy.when === undefined ? undefined : compileCondition(policy.when),
  }
}

type TextRule = Exclude<DetectorRule, { detector: 'tool-call' | 'system-prompt' }>

/** The confidence from which the detector of injection reports unless it is asked for less. */
const usualThreshold = 0.5

/** Rules that differ only in what they heed share a detector. */
function specOf(rule: TextRule): DetectorSpec {
  if (rule.detector === 'injection') {
    const least = Math.min(rule.threshold, rule.secondStage?.suspicion ?? rule.threshold)
    return { detector: 'injection', ...(least < usualThreshold && { threshold: least }) }
  }
  const { threshold: _, sources: __, ...spec } = rule
  return spec
}

function compileDetector(rule: DetectorRule, shared: Map<string, Detector>): CompiledDetector {
  if (rule.detector === 'tool-call') return { kind: 'tool-call', rule: createToolCallRule(rule) }
  if (rule.detector === 'system-prompt')
    return { kind: 'system-prompt', words: rule.words, threshold: rule.threshold }
  const { threshold, sources } = rule
  const secondStage = rule.detector === 'injection' ? rule.secondStage : undefined
  const spec = specOf(rule)
  const key = JSON.stringify(spec)
  const detector = shared.get(key) ?? createDetector(spec)
  shared.set(key, detector)
  return {
    kind: 'text',
    detector,
    threshold,
    sources: sources && expandSources(sources),
    types: typesOf(rule),
    ...(secondStage && { secondStage }),
  }
}

function typesOf(rule: DetectorRule): ReadonlySet<string> | undefined {
  if (rule.detector === 'pattern') return new Set([rule.name])
  return 'types' in rule && rule.types ? new Set(rule.types) : undefined
}

const untrusted: readonly TextSource[] = ['tool', 'document']

function expandSources(named: readonly (TextSource | 'trusted' | 'untrusted')[]): ReadonlySet<TextSource> {
  return new Set(
    named.flatMap((source) => {
      if (source === 'untrusted') return untrusted
      return source === 'trusted' ? textSources.filter((known) => !untrusted.includes(known)) : [source]
    }),
  )
}
