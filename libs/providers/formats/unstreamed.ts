import type { WireFormat } from '../wire-format.ts'

/** The streaming half of a format whose answers never stream. */
export const unstreamed: Pick<
  WireFormat,
  | 'streamsText'
  | 'reportedCalls'
  | 'withoutEchoes'
  | 'frameTexts'
  | 'completedBy'
  | 'repeatsTexts'
  | 'isTerminator'
  | 'createFollower'
  | 'createAssembler'
  | 'finishReasons'
> = {
  streamsText: false,
  reportedCalls: () => [],
  withoutEchoes: (json) => json,
  frameTexts: () => [],
  completedBy: () => [],
  repeatsTexts: false,
  finishReasons: () => [],
  isTerminator: () => false,
  createFollower: () => ({
    push() {},
    model: () => undefined,
    usage: () => undefined,
    finishReasons: () => [],
    isComplete: () => true,
    textFrame: () => undefined,
    blockedEnding: () => '',
  }),
  createAssembler: () => ({ push() {}, result: () => undefined }),
}
