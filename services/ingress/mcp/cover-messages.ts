import type { ContentLevel } from '@airs-cp/events'
import {
  type CompiledPolicySet,
  contentRecordingOf,
  type EvaluatedText,
  type Evaluation,
  leastSearchedCharacters,
  maskTexts,
  maskValues,
  mayCover,
} from '@airs-cp/policy-engine'
import { createMaskedPlaces, hideNames } from '../decision/cover-words.ts'
import type { Cover, Covered } from '../exchange.ts'

/** What is recorded of an exchange of messages: what was found in any of them is masked in all of them. */
export type MessageCover = Cover & {
  /** A message was judged. */
  add(judged: { texts: readonly EvaluatedText[]; evaluation: Evaluation; conflict: string | undefined }): void
}

export function createMessageCover(level: ContentLevel, set: CompiledPolicySet): MessageCover {
  const values = new Map<string, string>()
  const places = createMaskedPlaces()
  let isLeftOut = level === 'digests'
  const covered = (bytes: Buffer): Covered => {
    if (isLeftOut) return null
    if (values.size === 0) return undefined
    const text = bytes.toString('utf8')
    const masked = maskValues(text, values)
    return masked === text ? undefined : Buffer.from(masked)
  }
  const enforces = set.mode === 'enforce' && set.policies.some(({ document }) => document.mode === 'enforce')
  return {
    query: undefined,
    request: covered,
    forwarded: covered,
    keeps: mayCover(set.policies, enforces, level) || isLeftOut ? 'held' : 'at-once',
    response: ({ bytes }) => covered(bytes),
    get words() {
      return isLeftOut ? hideNames : places
    },
    add({ texts, evaluation: { decision }, conflict }) {
      // It was not judged, since nobody knows what it says.
      if (conflict !== undefined && level !== 'full') isLeftOut = true
      const { leavesOut, masked } = contentRecordingOf(set, decision, level)
      if (leavesOut) isLeftOut = true
      if (masked.size === 0) return
      const masking = maskTexts(texts, decision.findings, masked)
      for (const [value, mask] of masking.values) values.set(value, mask)
      places.add(texts, masking.edits, masking.values)
      // A short value is masked by its place alone, which is not known in the whole.
      if (
        masking.isIncomplete ||
        [...masking.values.keys()].some((it) => it.length < leastSearchedCharacters)
      )
        isLeftOut = true
    },
  }
}
