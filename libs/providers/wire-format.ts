import type { Usage } from '@airs-cp/events'
import type { JsonObject } from './json.ts'
import type { SseFrame } from './sse.ts'
import type { FrameText, TextPart } from './text-part.ts'

export const formatIds = [
  'openai.chat',
  'openai.completions',
  'openai.embeddings',
  'openai.responses',
  'openai.stored-responses',
  'openai.input-tokens',
  'openai.models',
  'anthropic.messages',
  'anthropic.count-tokens',
] as const
export type FormatId = (typeof formatIds)[number]

/** What the ingress must know of a request. Everything else passes through unread. */
export type RequestFacts = {
  model: string | undefined
  stream: boolean
  /** The client asked for a last chunk with usage (`stream_options.include_usage`). */
  includeUsage: boolean
}

export type RequestProblem = {
  /** The field that is wrong, as OpenAI names it in `param`. */
  param: string | null
  message: string
  code: string
}

/** An error to be told to a client, whatever its format. `type` and `code` are OpenAI's; other formats map the status. */
export type WireError = {
  status: number
  type: string
  code: string | null
  message: string
  param: string | null
  /** Of a block: the policy that did it. */
  policy?: string | undefined
}

/** Identity of an answer that had to be begun here because the provider had not begun it. */
export type AnswerIdentity = {
  id: string
  model: string
  createdSeconds: number
  /** Of a blocked answer: the policy that did it. */
  policy?: string | undefined
}

/**
 * Follows one streamed answer, frame by frame, in constant memory: what it cost, how it ended, and how to go on
 * in its place. Feed it the frames that the client gets.
 */
export type StreamFollower = {
  push(frame: SseFrame): void
  model(): string | undefined
  usage(): Usage | undefined
  finishReasons(): string[]
  /**
   * The frame that adds `text` to the string at `channel` (see `FrameText`), for text that a guard held back.
   * Undefined where the stream has no such string open.
   */
  textFrame(channel: string, text: string): string | undefined
  /**
   * Ends the stream here in a well-formed way that says it was blocked: finish reason `content_filter` or its equivalent.
   * @param answer what the client has got, assembled, where the format repeats it at the end.
   */
  blockedEnding(identity: AnswerIdentity, message: string, answer?: JsonObject): string
}

/** Folds a stream's frames into the body that the plain answer would have had. Tolerates junk. */
export type StreamAssembler = {
  push(frame: SseFrame): void
  /** Undefined while no frame told anything. */
  result(): JsonObject | undefined
}

/** Everything that AIRS-CP knows of one inbound wire format. All functions are pure and tolerate any JSON. */
export type WireFormat = {
  id: FormatId
  readRequest(body: unknown): RequestFacts | { problem: RequestProblem }
  /** Every string of a request that a policy must see. */
  requestTexts(body: unknown): TextPart[]
  /** Every string of a plain or assembled answer that a policy must see. */
  responseTexts(body: unknown): TextPart[]
  /** The pieces of text in one frame of a streamed answer. */
  frameTexts(frame: SseFrame): FrameText[]
  /** Pointers to the parts of the assembled answer that a frame completes; of an object's, with a slash at the end. */
  completedBy(frame: SseFrame): string[]
  /** Whether streams tell strings once more as a whole, after their pieces. */
  repeatsTexts: boolean
  usage(body: unknown): Usage | undefined
  finishReasons(body: unknown): string[]
  /** JSON body of an error response. */
  errorBody(error: WireError): string
  /** Tells the client of an error in mid-stream. Deliberately not followed by the terminator: the answer is not complete. */
  errorFrames(error: WireError): string
  /** The frame that ends a stream and is held back until the outcome is recorded. */
  isTerminator(frame: SseFrame): boolean
  createFollower(): StreamFollower
  createAssembler(): StreamAssembler
}
