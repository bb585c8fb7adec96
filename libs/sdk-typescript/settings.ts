import { AsyncLocalStorage } from 'node:async_hooks'
import { OpenAIError } from 'openai'
import { type CallContext, contextHeaders, type HeaderRecord } from './context.js'
import { type DirectCalls, isGatewayKey } from './direct.js'
import { providerBaseUrls } from './endpoint.js'

export type OnGatewayError = 'raise' | 'direct'

/** What AIRS-CP adds to the wrapped client's options. */
export type AIRSOptions = CallContext & {
  /**
   * `openai` (default) leaves the choice to the gateway (its `AIRS_PROVIDER` and routes). Any other name asks for the
   * provider that the gateway knows by it, such as `anthropic`.
   */
  provider?: string | undefined
  /** Where the gateway is; default `AIRS_ENDPOINT`, else http://localhost:8080. */
  airsEndpoint?: string | undefined
  /**
   * What happens when no connection to the gateway can be made: `raise` (default), or `direct`: the call goes to the
   * provider, which is warned of once and counted in `airs.directCalls`.
   */
  onGatewayError?: OnGatewayError | undefined
  /** Where `direct` goes; known for `openai`, `anthropic` and `ollama`. */
  providerBaseURL?: string | undefined
  /** What `direct` authenticates with where `apiKey` is a key of the gateway. */
  providerApiKey?: string | undefined
  /** The control APIs; default `AIRS_URL` and `AIRS_TOKEN`, else as the command `airs` finds them. */
  airsUrl?: string | undefined
  airsToken?: string | undefined
}

/** What a client and its copies have in common. */
export type Settings = {
  /** Of every call, unless it says otherwise. */
  headers: HeaderRecord
  contexts: AsyncLocalStorage<HeaderRecord>
  onGatewayError: OnGatewayError
  providerBaseURL: string | undefined
  providerApiKey: string | undefined
  airsUrl: string | undefined
  airsToken: string | undefined
  direct: DirectCalls
}

export function makeSettings({
  provider = 'openai',
  onGatewayError = 'raise',
  providerBaseURL,
  providerApiKey,
  apiKey,
  airsUrl,
  airsToken,
  ...context
}: AIRSOptions & { apiKey?: unknown }): Settings {
  if (typeof provider !== 'string' || !/^[a-z0-9][a-z0-9-]*$/i.test(provider))
    throw new TypeError(
      `provider ${JSON.stringify(provider)} is not a provider's name, such as openai or anthropic`,
    )
  if (onGatewayError !== 'raise' && onGatewayError !== 'direct')
    throw new TypeError(`onGatewayError "${onGatewayError}" is neither "raise" nor "direct"`)
  const address = (providerBaseURL ?? providerBaseUrls[provider])?.replace(/\/+$/, '')
  if (onGatewayError === 'direct' && address === undefined)
    throw new OpenAIError(
      `onGatewayError "direct" needs providerBaseURL: where the OpenAI interface of ${provider} is`,
    )
  if (onGatewayError === 'direct' && providerApiKey === undefined && isGatewayKey(apiKey))
    throw new OpenAIError(
      'onGatewayError "direct" needs providerApiKey: apiKey is a key of the gateway, which means nothing to a provider',
    )
  return {
    // The gateway's own choice is what `openai`, the wrapped client's interface, stands for.
    headers: { ...(provider !== 'openai' && { 'x-airs-provider': provider }), ...contextHeaders(context) },
    contexts: new AsyncLocalStorage(),
    onGatewayError,
    providerBaseURL: address,
    providerApiKey,
    airsUrl,
    airsToken,
    direct: { count: 0 },
  }
}
