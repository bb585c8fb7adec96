import type { JsonObject } from '../json.ts'
import type { WritableJson } from '../raw-json.ts'
import type { WireFormat } from '../wire-format.ts'
import { type MockPrompt, type MockResponse, mockTokens } from './mock-response.ts'

/** One frame of a mocked stream; `chunk` where it carries content and so counts for `chunks`, `pace`, `cut` and `hang`. */
export type MockFrame = { text: string; chunk: boolean }

/** How the mock provider speaks one format. */
export type MockEndpoint = {
  format: WireFormat
  prompt(body: JsonObject): MockPrompt
  /** Body of the plain response. */
  plain(reply: MockResponse, body: JsonObject): WritableJson
  /** Media type of the stream, where it is not one of events. */
  streamType?: string
  /** The stream; its last frame is the terminator. */
  frames(reply: MockResponse, body: JsonObject): Iterable<MockFrame>
}

export function promptTokens(format: WireFormat, body: JsonObject): number {
  return mockTokens(format.requestTexts(body).reduce((sum, { text }) => sum + text.length, 0))
}
