import type { WireFormat } from '../wire-format.ts'
import { withoutLogprobs } from '../without-logprobs.ts'

/** The streaming half of a format whose responses never stream. */
export const unstreamed: Pick<
  WireFormat,
  | 'streamsText'
  | 'reportedCalls'
  | 'withoutEchoes'
  | 'frameTexts'
  | 'completedBy'
  | 'mayBeCompletedBy'
  | 'opaqueInFrames'
  | 'repeatsTexts'
  | 'isTerminator'
  | 'createFollower'
  | 'createAssembler'
  | 'finishReasons'
> = {
  streamsText: false,
  reportedCalls: () => [],
  withoutEchoes: (json, _changedFrom, isChanged) => (isChanged ? withoutLogprobs(json) : json),
  frameTexts: () => [],
  completedBy: () => [],
  mayBeCompletedBy: () => [],
  opaqueInFrames: () => undefined,
  repeatsTexts: false,
  finishReasons: () => [],
  isTerminator: () => false,
  createFollower: () => ({
    push() {},
    model: () => undefined,
    usage: () => undefined,
    finishReasons: () => [],
    isComplete: () => true,
    blockedEnding: () => '',
  }),
  createAssembler: () => ({ push() {}, result: () => undefined }),
}
