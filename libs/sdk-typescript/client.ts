import OpenAI, { type APIError, type APIPromise, type ClientOptions } from 'openai'
import type { ChatCompletionsCalls, CompletionsCalls, EmbeddingsCalls, ResponsesCalls } from './calls.js'
import { type CallContext, contextHeaders, type HeaderRecord, newSessionId } from './context.js'
import { type Control, createControl } from './control/control.js'
import { countDirectCall, directRequest, isConnectionFailure } from './direct.js'
import { gatewayBaseUrl } from './endpoint.js'
import { type Exchange, exchangeOf, rememberExchange } from './exchange.js'
import { mark, marking, markingPage } from './mark-response.js'
import { isViolation, PolicyViolation } from './policy-violation.js'
import { type AIRSOptions, makeSettings, type Settings } from './settings.js'

/** The wrapped client's options, and ours. */
export type AIRSClientOptions = Omit<ClientOptions, 'provider'> & AIRSOptions

/** Carries what a client has in common with its copies through the wrapped client's options. */
const ours = Symbol('airs')
/** Of the options of a call: receives the exchange when the response arrives. */
const onExchange = Symbol('airs.exchange')

type Inherited = { [ours]?: Settings }
type CallOptions = CallContext & {
  [onExchange]?: (exchange: Exchange | undefined) => void
  headers?: unknown
}

/**
 * The OpenAI client, through the AIRS-CP gateway.
 *
 * Everything of the wrapped client works. The options of a call also take `sessionId`, `tags`, `agent` and `sources`;
 * responses have `airs`: the exchange's id and the policy's decision.
 */
export class AIRSClient extends OpenAI {
  declare chat: { completions: ChatCompletionsCalls & OpenAI.Chat.Completions } & OpenAI.Chat
  declare completions: CompletionsCalls & OpenAI.Completions
  declare embeddings: EmbeddingsCalls & OpenAI.Embeddings
  declare responses: ResponsesCalls & OpenAI.Responses

  readonly #settings: Settings
  #control: Control | undefined

  constructor(options: AIRSClientOptions = {}) {
    const {
      provider,
      airsEndpoint,
      onGatewayError,
      providerBaseURL,
      providerApiKey,
      airsUrl,
      airsToken,
      sessionId,
      tags,
      agent,
      sources,
      ...wrapped
    } = options
    const settings = (options as Inherited)[ours] ?? makeSettings(options)
    super({
      ...wrapped,
      baseURL: wrapped.baseURL ?? gatewayBaseUrl(airsEndpoint),
      [ours]: settings,
    } as ClientOptions)
    this.#settings = settings
    const { requestAPIList } = this
    this.requestAPIList = (Page, options) => requestAPIList.call(this, markingPage(Page), options) as never
    markStreams(this.chat.completions)
    markStreams(this.responses)
  }

  /** The control APIs: exports, events, sessions, verification. */
  get airs(): Control {
    this.#control ??= createControl(this.#settings)
    return this.#control
  }

  /**
   * Every call inside belongs to the session; without an id it is a new one. Also of copies of this client, and
   * through everything that `work` awaits.
   */
  session<Result>(sessionId: string | undefined, work: (sessionId: string) => Result): Result
  session<Result>(context: CallContext, work: (sessionId: string) => Result): Result
  session<Result>(given: string | CallContext | undefined, work: (sessionId: string) => Result): Result {
    const context: CallContext = typeof given === 'string' ? { sessionId: given } : (given ?? {})
    const sessionId = context.sessionId ?? newSessionId()
    return this.context({ ...context, sessionId }, () => work(sessionId))
  }

  /** Every call inside carries this context; what it does not name stays as it is outside. */
  context<Result>(context: CallContext, work: () => Result): Result {
    const { contexts } = this.#settings
    return contexts.run({ ...contexts.getStore(), ...contextHeaders(context) }, work)
  }

  protected override async prepareRequest(
    ...[request, about]: Parameters<OpenAI['prepareRequest']>
  ): Promise<void> {
    await super.prepareRequest(request, about)
    const options = about.options as CallOptions
    const headers = request.headers as Headers
    const context: HeaderRecord = {
      ...this.#settings.headers,
      ...this.#settings.contexts.getStore(),
      ...contextHeaders(options),
    }
    const given = namesOf(options.headers)
    for (const [name, value] of Object.entries(context)) if (!given.has(name)) headers.set(name, value)
  }

  override request<Result>(...call: Parameters<OpenAI['request']>): APIPromise<Result> {
    const result = marking(super.request<Result>(...call))
    return result._thenUnwrap((data, { response, options }) => {
      ;(options as CallOptions)[onExchange]?.(exchangeOf(response.headers))
      return data
    })
  }

  override async fetchWithTimeout(
    ...[url, init, ms, controller]: Parameters<OpenAI['fetchWithTimeout']>
  ): Promise<Response> {
    const remember = (response: Response, isDirect: boolean) => {
      rememberExchange(response.headers, () => this.airs, isDirect)
      return response
    }
    try {
      return remember(await super.fetchWithTimeout(url, init, ms, controller), false)
    } catch (error) {
      const direct = isConnectionFailure(error) ? this.#direct(String(url), init) : undefined
      if (!direct) throw error
      return remember(await super.fetchWithTimeout(direct.url, direct.init, ms, controller), true)
    }
  }

  #direct(url: string, init: RequestInit | undefined) {
    const { onGatewayError, providerBaseURL, providerApiKey, direct } = this.#settings
    if (onGatewayError !== 'direct' || providerBaseURL === undefined) return undefined
    const request = directRequest(url, init ?? {}, {
      gateway: this.baseURL,
      provider: providerBaseURL,
      apiKey: providerApiKey,
    })
    if (request) countDirectCall(direct, this.baseURL, providerBaseURL)
    return request
  }

  protected override makeStatusError(
    ...[status, body, message, headers]: Parameters<OpenAI['makeStatusError']>
  ): APIError {
    const violation = (body as { error?: unknown } | undefined)?.error
    const error =
      status === 403 && isViolation(violation)
        ? new PolicyViolation(violation, headers)
        : super.makeStatusError(status, body, message, headers)
    mark(error, exchangeOf(headers))
    return error
  }
}

type Streaming = { stream(body: unknown, options?: object): object }

/** The streaming helpers make the call later, and themselves: what they return gets its exchange then. */
function markStreams(resource: object): void {
  const streaming = resource as Streaming
  const { stream } = streaming
  streaming.stream = function (body, options) {
    let exchange: Exchange | undefined
    const helper = stream.call(this, body, {
      ...options,
      [onExchange]: (connected: Exchange | undefined) => {
        exchange = connected
      },
    })
    return Object.defineProperty(helper, 'airs', { get: () => exchange, enumerable: false })
  }
}

/** The names of the headers that a call gives itself, in whichever of the wrapped client's forms. */
function namesOf(headers: unknown): Set<string> {
  if (headers === undefined || headers === null) return new Set()
  const names =
    headers instanceof Headers
      ? headers.keys()
      : Array.isArray(headers)
        ? headers.map(([name]) => String(name))
        : Object.keys(headers)
  return new Set([...names].map((name) => name.toLowerCase()))
}
