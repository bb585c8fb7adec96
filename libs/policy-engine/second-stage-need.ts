import type { CompiledPolicy, CompiledPolicySet } from './compile.ts'
import { interferes, policiesFor } from './evaluate.ts'
import type { Direction } from './evaluation-context.ts'
import type { Subject } from './scope.ts'

/** Whether a policy wants what is suspected to be judged by a second stage. */
export function asksSecondStage({ detectors }: CompiledPolicy): boolean {
  return detectors.some((rule) => rule.kind === 'text' && rule.secondStage !== undefined)
}

/** `now`: a policy that enforces asks a second stage, so that the exchange waits for it; `later`: only such that observe. */
export function secondStageNeed(
  set: CompiledPolicySet,
  direction: Direction,
  subject: Subject,
): 'none' | 'later' | 'now' {
  if (set.mode === 'off' || !set.policies.some(asksSecondStage)) return 'none'
  const asking = policiesFor(set, direction, subject).filter(asksSecondStage)
  if (asking.length === 0) return 'none'
  return asking.some((policy) => interferes(set, policy)) ? 'now' : 'later'
}
