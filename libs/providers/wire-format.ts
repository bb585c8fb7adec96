import type { Usage } from '@airs-cp/events'
import type { ReportedCall, Tools } from './conversation/tools.ts'
import type { AskedTurns, Turn } from './conversation/turn.ts'
import type { JsonObject } from './json.ts'
import type { PlaceIndex } from './read-texts.ts'
import type { SseFrame } from './sse.ts'
import type { FrameText, TextPart } from './text-part.ts'

/** What the ingress must know of a request. Everything else passes through unread. */
export type RequestFacts = {
  model: string | undefined
  stream: boolean
  /** The client asked for a last chunk with usage (`stream_options.include_usage`). */
  includeUsage: boolean
  /** The client reads a stream as one list of JSON, and not as events. */
  asList?: boolean
}

export type RequestProblem = {
  /** The field that is wrong, as OpenAI names it in `param`. */
  param: string | null
  message: string
  code: string
}

/** An error to be sent to a client, whatever its format. `type` and `code` are OpenAI's; other formats map the status. */
export type WireError = {
  status: number
  type: string
  code: string | null
  message: string
  param: string | null
  /** Of a block: the policy that did it. */
  policy?: string | undefined
}

/** Identity of a response that had to be begun here because the provider had not begun it. */
export type ResponseIdentity = {
  id: string
  model: string
  createdSeconds: number
  /** Of a blocked response: the policy that did it. */
  policy?: string | undefined
}

/**
 * Follows one streamed response, frame by frame, in constant memory: what it cost, how it ended, and how to go on
 * in its place. Feed it the frames that the client gets.
 */
export type StreamFollower = {
  push(frame: SseFrame): void
  /** Of a response that the provider keeps. */
  id?(): string | undefined
  model(): string | undefined
  usage(): Usage | undefined
  finishReasons(): string[]
  /** Whether the stream has said that it is complete: by its terminator, by how each of its choices ended, or by an error. */
  isComplete(): boolean
  /** Reports an error at this point of the stream, where the format numbers its events; otherwise `WireFormat.errorFrames` does. */
  errorFrames?(error: WireError): string
  /**
   * Ends the stream here in a well-formed way that says it was blocked: finish reason `content_filter` or its equivalent.
   * @param assembled what the client has got, assembled, where the format repeats it at the end.
   */
  blockedEnding(identity: ResponseIdentity, message: string, assembled?: JsonObject): string
}

/** Folds a stream's frames into the body that the plain response would have had. Tolerates junk. */
export type StreamAssembler = {
  push(frame: SseFrame): void
  /** Undefined while no frame reported anything. */
  result(): JsonObject | undefined
}

/** Of a format whose responses the provider keeps under their ids, to be fetched, continued or cancelled later. */
export type KeptResponses = {
  /** The responses that a request refers to. */
  asked(path: string, body: JsonObject | undefined): string[]
  /** Whether the response to a request is kept, and whether the provider may go on with it after it has responded. */
  isKept(body: JsonObject): boolean
  isBackground(body: JsonObject): boolean
  /** Of a response: the provider is not done with it, so that what it costs is not known yet. */
  isPending(response: JsonObject): boolean
  idOf(response: JsonObject): string | undefined
}

/** The APIs that providers offer; a provider speaks the formats of one of them. */
export type ProviderApi = 'openai' | 'anthropic' | 'gemini'

/**
 * Everything that AIRS-CP knows of one inbound wire format, each in a folder of its own (docs/wire-formats.md). Nothing
 * outside this library asks which format it is. All functions are pure and tolerate any JSON.
 */
export type WireFormat = {
  /** In events, metrics and conditions (`request.format`). */
  id: string
  /** Methods and paths at which apps speak it, such as `POST /v1/chat/completions`. */
  routes: readonly string[]
  /** The same for paths with a name in them; `path` without its query. */
  matchesRoute?: (method: string, path: string) => boolean
  /** What the path of a request says, where the body does not. */
  pathFacts?: (path: string, query: string) => { model: string; stream: boolean; asList?: boolean }
  /** The path with the name that a provider has for the model. */
  pathWithModel?: (path: string, model: string) => string
  /** The APIs that have this format; a request for another provider needs a translation (`translate/translators.ts`). */
  apis: readonly ProviderApi[]
  /** The one of them that a client means who names no provider, where the default provider may have another. */
  meansApi?: ProviderApi
  /**
   * Path and query below the provider's base URL for requests that were translated into this format. Of Gemini's below its
   * origin, with the version.
   */
  translatedPath?: (model: string, stream: boolean) => string
  /** What is known of its bodies; undefined: where each of their texts stands, and who says it. */
  coverage?: 'bytes only'
  /** Requests need not be JSON: a form, lines of JSON, text or binary data (`body/documents.ts`). */
  takesDocuments?: true
  /** Fields of such a form that a model reads. */
  formFields?: ReadonlySet<string>
  /** The format of Anthropic's clients at the same paths. */
  anthropicTwin?: string
  /** Azure has a route of each deployment for it under dated API versions. */
  hasDeploymentRoute: boolean
  keptResponses?: KeptResponses
  /** What OpenTelemetry calls it; undefined: no operation of a model. */
  operationName?: string
  /** A model writes the response, so that tokens can be counted where none were reported. */
  generatesText: boolean
  /** Its requests are carried out later, by models that stand in a file or within the body: what they cost is not known here. */
  runsLater?: true
  /** Responses can be streams with texts, which a guard can judge on their way. */
  streamsText: boolean
  /** A stream may also be written as a JSON list, whose elements are its frames. */
  listsFrames?: true
  /** A call has no effect besides its response, so that one that failed may be repeated. */
  isRepeatable: boolean
  /** Responses are lists of models, or one of their entries. */
  listsModels: boolean
  /** Responses are `{ input_tokens }`, which can be estimated for a provider that does not count. */
  countsTokens?: true
  readRequest(body: unknown): RequestFacts | { problem: RequestProblem }
  /** The strings of a request at places that the format knows, with role and kind (`read-body.ts` adds all others). */
  requestTexts(body: unknown): TextPart[]
  /** The same of a plain or assembled response. */
  responseTexts(body: unknown): TextPart[]
  /** The places, of requests and responses, whose strings policies cannot read. */
  opaqueAt: PlaceIndex
  /** Those of responses, where they are others. */
  opaqueInResponse?: PlaceIndex
  /** Those of the data of a stream's frames. */
  opaqueInFrames: PlaceIndex
  /** Lists of token ids that stand for texts of a request. */
  tokenLists?(body: JsonObject): { path: string; tokens: number[] }[]
  /** Fields that are read by name: another name that is equal but for case is refused, since others may read it. */
  fields: ReadonlySet<string>
  /** Whether the string at a pointer into the response, or a channel of its stream, is JSON in a string. */
  isJsonText(path: string): boolean
  /** The tools that a request offers to the model, and those that were called in its history. */
  requestTools(body: unknown): Tools
  /** The tools that a response calls, plain or assembled. */
  responseTools(body: unknown): Tools
  /** The calls that a frame of a stream begins or completes. */
  reportedCalls(frame: SseFrame): ReportedCall[]
  /** The same where the arguments of a call come over several frames as values and not as a string: for one stream, in order. */
  createCallReader?(): (frame: SseFrame) => ReportedCall[]
  /** What a request says, in order. */
  requestTurns(body: JsonObject): AskedTurns
  /** Whether a plain response, or the data of a stream's frame, can only be of this format. */
  isResponse(json: JsonObject): boolean
  /** What a plain or assembled response says, in order. */
  responseTurns(body: JsonObject): Turn[]
  /** The pieces of text in one frame of a streamed response. */
  frameTexts(frame: SseFrame): FrameText[]
  /** Pointers to the parts of the assembled response that a frame completes; of an object's, with a slash at the end. */
  completedBy(frame: SseFrame): string[]
  /** The same of parts that some servers go on with all the same. */
  mayBeCompletedBy(frame: SseFrame): string[]
  /** Pointers to parts of which a frame says that they are signed, so that they must reach the client as they are. */
  signedBy?(frame: SseFrame): string[]
  /** Whether streams contain strings once more as a whole, after their pieces. */
  repeatsTexts: boolean
  /**
   * A changed response or frame without what would still spell out the text that was taken out, or point to another place
   * than it did. Undefined: nothing is left of the frame. The same object where nothing had to go.
   * @param isChanged texts of the frame or response itself are.
   */
  withoutEchoes(json: JsonObject, changedFrom: ChangedFrom, isChanged: boolean): JsonObject | undefined
  /**
   * For a path whose responses name addresses of the provider's own that clients go on at: a response without them. What a client gets
   * there would be neither decided on nor recorded.
   */
  withoutOwnAddresses?(path: string): ((body: JsonObject) => JsonObject) | undefined
  usage(body: unknown): Usage | undefined
  finishReasons(body: unknown): string[]
  /** JSON body of an error response. */
  errorBody(error: WireError): string
  /** Reports an error to the client in mid-stream. Deliberately not followed by the terminator: the response is not complete. */
  errorFrames(error: WireError): string
  /**
   * The frame that ends a stream and is held back until the outcome is recorded. Where it completes nothing for certain
   * (`mayBeCompletedBy`), some servers go on after it all the same.
   */
  isTerminator(frame: SseFrame): boolean
  createFollower(): StreamFollower
  createAssembler(): StreamAssembler
}

/** From where on a string of the assembled response, by its pointer, differs from what the provider sent. */
export type ChangedFrom = (channel: string) => number | undefined
