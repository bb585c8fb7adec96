import { type Action, actions, type Decision } from '@airs-cp/events'
import { mergeDecisions } from '@airs-cp/policy-engine'

/** One decision out of those on the messages of a stream: what was found in any of them, and the strongest that was done. */
export function judgedTogether() {
  let all: Decision | undefined
  return {
    add(decision: Decision): void {
      if (!all) {
        all = decision
        return
      }
      if (!says(decision)) {
        all.scanned.characters += decision.scanned.characters
        return
      }
      const action = stronger(all.action, decision.action)
      const characters = all.scanned.characters + decision.scanned.characters
      const merged = mergeDecisions(all, decision)
      all = { ...merged, action, scanned: { ...merged.scanned, characters } }
    },
    decision: (): Decision | undefined => all,
  }
}

/** A stream may have millions of messages of which there is nothing to say. */
function says({ verdicts, findings, scanned }: Decision): boolean {
  return verdicts.length > 0 || findings.length > 0 || scanned.skipped.length > 0
}

function stronger(one: Action, other: Action): Action {
  return actions.indexOf(other) > actions.indexOf(one) ? other : one
}
