import type { ContentLevel, Decision } from '@airs-cp/events'
import type { CompiledPolicySet } from './compile.ts'

/** How the content of one direction of an exchange is recorded. */
export type ContentRecording = {
  /** Nothing of it. */
  leavesOut: boolean
  /** Indexes of the findings of the decision that are masked. */
  masked: ReadonlySet<number>
}

/** What these find is a value that somebody wants to keep to himself. What others find is evidence, such as an attack. */
const findsValues: ReadonlySet<string> = new Set(['pii', 'secrets', 'pattern'])

/**
 * What policies want to be recorded of what they decided on:
 *
 * | the policy says    | where it fires                                                                     |
 * |--------------------|------------------------------------------------------------------------------------|
 * | `record: full`     | what it found stays                                                                |
 * | `record: redacted` | what it found is masked, also where it only observes                               |
 * | `record: digests`  | no content is recorded                                                             |
 * | nothing            | `level` holds; `redacted` masks the values that it found where it was carried out  |
 *
 * A policy without detectors speaks for all exchanges in its scope: its `record` stands in the place of `level` there. What one
 * policy masks, no other one shows.
 */
export function contentRecordingOf(
  set: Pick<CompiledPolicySet, 'policies'>,
  { verdicts, findings }: Pick<Decision, 'verdicts' | 'findings'>,
  level: ContentLevel,
): ContentRecording {
  const fired = verdicts.map((verdict) => {
    const policy = set.policies.find(({ document }) => document.name === verdict.policy)
    return { verdict, says: policy?.document.record, isScope: policy?.document.detectors.length === 0 }
  })
  const scopes = fired.flatMap(({ says, isScope }) => (isScope && says ? [says] : []))
  const base = scopes.length > 0 ? strictestOf(scopes) : level
  const masked = new Set<number>()
  for (const { verdict, says } of fired)
    for (const index of verdict.findings) {
      const isValue = findsValues.has(findings[index]?.detector ?? '')
      if (says === 'redacted' || (!says && base === 'redacted' && verdict.enforced && isValue))
        masked.add(index)
    }
  return { leavesOut: base === 'digests' || fired.some(({ says }) => says === 'digests'), masked }
}

function strictestOf(levels: readonly ContentLevel[]): ContentLevel {
  return levels.includes('digests') ? 'digests' : levels.includes('redacted') ? 'redacted' : 'full'
}

/** Whether policies could mask or leave out something of such a direction, so that it must not be recorded before it is judged. */
export function mayCover(
  policies: readonly { document: { record?: ContentLevel | undefined } }[],
  enforces: boolean,
  level: ContentLevel,
): boolean {
  return (
    (enforces && level !== 'full') ||
    policies.some(({ document: { record } }) => record === 'redacted' || record === 'digests')
  )
}
