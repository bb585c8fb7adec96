import type { IncomingHttpHeaders } from 'node:http'
import type { Attempt, Decision, RecordedBody, Slices, Usage } from '@airs-cp/events'
import type {
  BodyDocument,
  JsonObject,
  JsonOutline,
  MeantRoute,
  ProviderConfig,
  RequestFacts,
  ResponseIdentity,
  SseFrame,
  StreamFollower,
  StreamTokenCounter,
  Translator,
  WireError,
  WireFormat,
} from '@airs-cp/providers'
import type { BucketCounts } from '@airs-cp/runtime'
import type { Attributes } from '@opentelemetry/api'
import type { Dispatcher, Pool } from 'undici'

/**
 * The nouns of one exchange, in the order in which they come about. Every room may use them; this file knows no room.
 */

/** Who exchanges what with a model: the identity of one request and its response. */
export type Exchange = {
  id: string
  session: string
  /** Whether the client named it. */
  isSessionNamed: boolean
  tenant: string
  method: string
  /** Path without query, as the client wrote it. */
  path: string
  /** The route of ours that it means. */
  route: MeantRoute
  query: string
  tags: string[]
  agent: string | undefined
  sources: string[]
  /** Ids of the ingresses that this request has come through already. */
  hops: string[]
  credential: { scheme: string; fingerprint: string } | undefined
  /** Network address of the client; it is not recorded. */
  address: string | undefined
  /** To whom its session belongs, as in its events; undefined for a client without a credential. */
  caller: string | undefined
  /** The client key that the credential turned out to be. */
  key: { id: string; name: string } | undefined
  /** Where no policy decides: `off` (bypass) or `stop`. */
  unguarded: 'off' | 'stop' | undefined
  /** The provider that its request was recorded for, as it is before it goes there. */
  sentTo: string | undefined
  /** What of it the client key says, and not the client. */
  verified: readonly ('tenant' | 'agent' | 'tags')[] | undefined
  /** For its events: the client's own, and where telemetry is on the trace's, which continues the client's. */
  traceparent: string | undefined
  trace: ExchangeTrace | undefined
  startedAtMs: number
}

/** What a request asks for, in the wire format of its path. */
export type Understood = {
  format: WireFormat
  facts: RequestFacts
  /** That the body names; the one that is asked for is in `facts`. */
  namedModel: string | undefined
  json: JsonObject | undefined
  /** The text that `json` was parsed from. */
  written: string | undefined
  /** What the body consists of, where it is not one JSON document. */
  documents: readonly BodyDocument[] | undefined
}

/** A provider that traffic can go to. */
export type Provider = {
  name: string
  config: ProviderConfig
  pool: Pool
  /** Sends one request on a connection of its own. */
  onNewConnection(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void
  close(): Promise<void>
  breaker: CircuitBreaker
  /** Longest time that one call may take. */
  totalTimeoutMs: number
}

/** Keeps calls away from a provider that fails again and again. */
export type CircuitBreaker = {
  /** Whether a call may go out now; when it may, its end must be reported. */
  allows(): boolean
  /** Milliseconds until it may allow a call again; 0 unless open. */
  waitMs(): number
  succeeded(): void
  failed(): void
  /** The call says nothing about the provider: the client left. */
  abandoned(): void
}

/** A provider to ask, and the name that it knows the model under where that is not the client's. */
export type Target = { provider: Provider; model: string | undefined }

/** In which respect a body is not the one that came in. */
export type Change = 'redacted' | 'translated' | 'renamed' | 'restored' | 'reframed'

/** What goes to a provider, and how its response comes back. */
export type PreparedRequest = {
  target: Target
  method: string
  path: string
  headers: Record<string, string | string[]>
  body: Buffer
  /** In which respects `body` is not what the client sent. */
  changes: Change[]
  /** Fields of the request that its translation left out. */
  ignored: string[]
  /** Names of tools that its translation changed: provider's → client's. */
  toolNames: ReadonlyMap<string, string>
  /** The provider's wire format. */
  format: WireFormat
  /** Present where that is not the client's. */
  translator: Translator | undefined
  /** It asks for its number of tokens, and the provider does not count: it is estimated here. */
  isCountedHere: boolean
}

/** Passes the frames of a streamed response through a guard, in the client's format. */
export type FrameGuard = {
  /** The head's headers as the client may get them: without matches, and without what blocks. */
  headers(headers: IncomingHttpHeaders): IncomingHttpHeaders
  /** @param frames that came together. @returns those that may go to the client now. */
  push(...frames: SseFrame[]): SseFrame[]
  /** Whether they take long to judge, with what came before them. */
  isLong(frames: readonly SseFrame[]): boolean
  /** The same as `push` for such frames. Nothing else is asked of the guard before it has come to its end, or was stopped. */
  pushInSlices(frames: readonly SseFrame[]): Slices<SseFrame[]>
  /** The stream is over: what was still held. */
  end(): SseFrame[]
  /** Why the stream must end here, once it must. */
  blockedMessage(): string | undefined
  /** Ends the stream where it is, in the way of its format. */
  blockedEnding(identity: ResponseIdentity, message: string): string
  /** Whether the client gets anything else than the provider sent. */
  hasChanged(): boolean
  /** Whether something that a policy took out of the request was put back. */
  hasRestored(): boolean
  /** Reports an error at this point of the stream, where the format numbers its events. */
  errorFrames(error: WireError): string | undefined
}

/** Why a provider gave no complete response. `status` is for a client that has received nothing yet. */
export type UpstreamFailure = Error & {
  readonly code:
    | 'upstream_unreachable'
    | 'upstream_timeout'
    | 'upstream_cut'
    | 'upstream_malformed'
    | 'upstream_too_large'
    | 'upstream_circuit_open'
    | 'upstream_redirected'
  readonly status: number
}

/** What became of a call. Everything but its last bytes has gone to the client, or nothing at all. */
export type Relayed = {
  /** `complete`, `client-left`, `not-wanted` (it is asked again instead), or why it is not complete. */
  end: 'complete' | 'client-left' | 'not-wanted' | UpstreamFailure
  /** Status for the client; the provider's own unless it was translated. Undefined when it did not respond. */
  status: number | undefined
  headers: IncomingHttpHeaders
  stream: boolean
  firstByteMs: number | undefined
  /** It failed before a byte of a response came, on a connection that the provider had left idle and may have closed. */
  isStale: boolean
  /** Follows the provider's stream, in the provider's format. */
  follower: StreamFollower | undefined
  /** Counts the tokens of the provider's stream. */
  counter: StreamTokenCounter | undefined
  /** From chunk to chunk of the provider's stream. */
  chunkTimes?: BucketCounts | undefined
  /** A response that is no stream and was not held, where it is short enough to be here, in the provider's format. */
  short: Buffer | undefined
  /** What is short in a longer one. */
  outline: JsonOutline | undefined
  /** The client has got a part of a frame that is too long to be held. */
  isMidFrame: boolean
  /** Its stream is written as a JSON list, which the client has begun to get. */
  list: 'begun' | 'unsent' | undefined
  /** An event of its stream reports an error, though its status does not. */
  reportsError: boolean
  /** The provider was responding when its time was over: that says nothing about its health. */
  isOvertime: boolean
  /** The whole response in the client's format, where it was held. */
  whole: Buffer | undefined
  /** Bytes in the client's format that are still held back. */
  held: Buffer
  /** What judged a stream on its way; it may have ended it (`blockedMessage`). */
  guard: FrameGuard | undefined
}

/** What the provider that was asked last did, and what was recorded of it. */
export type ProviderResponse = {
  /** The request that this is the response to. */
  request: PreparedRequest
  relayed: Relayed
  /** The provider's bytes. */
  body: RecordedBody
  /** The client's bytes so far of a stream that was translated or judged on its way. */
  delivered: RecordedBody | undefined
  attempts: Attempt[]
  /** Of the call that this is the response of, where there was one. */
  call: CallTrace | undefined
}

/** What is recorded of a body: these bytes instead, `undefined` for the body as it is, `null` for its length and digest alone. */
export type Covered = Buffer | undefined | null

/** What is recorded instead of words that an exchange said. */
export type CoverWords = {
  /** Of the name of a member, or another word of a place. */
  name(name: string): string
  /** Of a sentence of ours, which may quote such names. */
  sentence(text: string): string
  /** Of a model, which is recorded wherever it says nothing that was found. */
  model(name: string): string
}

/** What is recorded of the content of one exchange. */
export type Cover = {
  /** Recorded instead of the request's own. */
  query: string | undefined
  path?: string
  request(body: Buffer): Covered
  forwarded(body: Buffer): Covered
  /** What becomes of the bytes of a response before it is known what of them is recorded. */
  keeps: 'at-once' | 'held' | 'nothing'
  /** @param response.judged the decision on it; undefined where there is none, because it is not complete. */
  response(response: {
    bytes: Buffer
    format: WireFormat
    contentType?: string | undefined
    isStream: boolean
    judged: Decision | undefined
  }): Covered | Promise<Covered>
  /** What is recorded for words of the exchange that stand beside bodies; they themselves where this is missing. */
  words?: CoverWords
}

/** What a response says of itself, or lets be counted. */
export type Measured = {
  model: string | undefined
  usage: Usage | undefined
  cost: { usdMicros: number; priceDate: string; clamped?: true } | undefined
  finishReasons: string[] | undefined
  /** Whether it is an error, or reports one in mid-stream, whatever its status. */
  reportsError: boolean
  /** Under which the provider keeps it. */
  responseId?: string | undefined
}

/** What every event that closes an exchange says of its response. */
export type Outcome = Omit<Measured, 'reportsError' | 'responseId'> & {
  provider: string
  keyId: string | undefined
  stream: boolean
  body: RecordedBody
  /** What this provider got, where the first one got something else. */
  forwarded?: Delivered & { ignored?: string[] }
  attempts: Attempt[]
  timing: { firstByteMs: number | undefined; durationMs: number }
}

/** What policy made of a complete response. */
export type Judged = {
  decision: Decision
  /** Set when the response must not reach the client. */
  blockedMessage: string | undefined
  /** What the client gets instead of the response that was held. */
  rewritten: Buffer | undefined
  /** Those of a response that was held, where policy changed them. */
  headers?: IncomingHttpHeaders | undefined
  /** In which respects the client gets what the provider did not send. */
  changes: Change[]
}

/** What the client, or a provider, got where that is not what the other side sent. */
export type Delivered = { body: RecordedBody; changes: Change[] }

/** One exchange in a trace. Names, ids, sizes and codes; never content, never a credential. */
export type ExchangeTrace = {
  /** For the exchange's events, so that whatever they cause is part of the same trace. */
  traceparent: string
  /** Measures something that the exchange waits for. */
  step<Result>(name: string, work: () => Result, attributes?: Attributes): Result
  /** A call of a provider begins; its `traceparent` goes with it. */
  call(request: PreparedRequest, model: string | undefined): CallTrace
  end(outcome: string, status: number, format: WireFormat | undefined): void
}

export type CallTrace = {
  traceparent: string
  /** The provider's last byte has come, or will not come. What the response was may follow later. */
  ended(relayed: Relayed): void
  /** Closes it, with what the response was where it is the one that counts. */
  close(outcome: Outcome | undefined): void
}
