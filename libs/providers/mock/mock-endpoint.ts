import type { JsonObject } from '../json.ts'
import type { WireFormat } from '../wire-format.ts'
import type { MockAnswer, MockPrompt } from './mock-answer.ts'

/** One frame of a mocked stream; `chunk` where it carries content and so counts for `chunks`, `pace`, `cut` and `hang`. */
export type MockFrame = { text: string; chunk: boolean }

/** How the mock provider speaks one format. */
export type MockEndpoint = {
  format: WireFormat
  prompt(body: JsonObject): MockPrompt
  /** Body of the plain answer. */
  plain(answer: MockAnswer, body: JsonObject): JsonObject
  /** The stream without its terminator. */
  frames(answer: MockAnswer, body: JsonObject): Iterable<MockFrame>
  terminator: string
}
