import type { WireFormat } from '../wire-format.ts'

/** The streaming half of a format whose answers never stream. */
export const unstreamed: Pick<
  WireFormat,
  | 'frameTexts'
  | 'completedBy'
  | 'repeatsTexts'
  | 'isTerminator'
  | 'createFollower'
  | 'createAssembler'
  | 'finishReasons'
> = {
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
    textFrame: () => undefined,
    blockedEnding: () => '',
  }),
  createAssembler: () => ({ push() {}, result: () => undefined }),
}
