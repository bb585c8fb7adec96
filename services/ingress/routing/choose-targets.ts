import type { IncomingHttpHeaders } from 'node:http'
import type { ClientKey } from '@airs-cp/events'
import { matchesGlob } from '@airs-cp/policy-engine'
import { hasApi, type WireFormat } from '@airs-cp/providers'
import { isGenerated } from '../admission/client-keys.ts'
import { Refusal } from '../admission/refusal.ts'
import type { Provider, Target } from '../exchange.ts'
import type { Route } from './provider-settings.ts'
import type { Providers } from './providers.ts'

/**
 * The providers to ask, in order: the one that `X-AIRS-Provider` names, or what the first matching route says, or the
 * default. Addresses come from configuration alone; a request can only choose among names.
 * @param findKey the client key of the request.
 * @throws Refusal when the header names no provider.
 */
export function chooseTargets(
  { providers, routes }: { providers: Providers; routes: Route[] },
  { path, format }: { path: string; format: WireFormat },
  headers: IncomingHttpHeaders,
  model: string | undefined,
  findKey: () => ClientKey | undefined,
): [Target, ...Target[]] {
  const header = headers['x-airs-provider']?.toString()
  if (header === undefined && path === '/v1/models') return chooseListTarget(providers, findKey())
  if (header !== undefined) {
    const provider = providers.find(header)
    if (!provider)
      throw new Refusal(
        400,
        'unknown_provider',
        `Provider "${header.slice(0, 64)}" is not configured here; there are: ${providers.names.join(', ')}`,
      )
    return [{ provider, model: undefined }]
  }
  const route = model === undefined ? undefined : routes.find((one) => matchesGlob(one.model, model))
  if (!route) return [{ provider: providerOf(providers, format), model: undefined }]
  const target = ({ provider, as }: { provider: string; as?: string | undefined }): Target => ({
    provider: providers.find(provider)!,
    model: as,
  })
  return [target(route), ...route.fallbacks.map(target)]
}

/** The default provider; of a route that only another API has, the first provider that has it. */
function providerOf(providers: Providers, format: WireFormat): Provider {
  const { meansApi: api } = format
  const { default: usual, names } = providers
  if (api === undefined || hasApi(usual.config.kind, api)) return usual
  return names.map((name) => providers.find(name)!).find(({ config }) => hasApi(config.kind, api)) ?? usual
}

/** @returns the providers that could serve a request whose body is not read yet. */
export function possibleProviders(
  providers: Providers,
): (headers: IncomingHttpHeaders) => readonly Provider[] {
  const all = providers.names.map((name) => providers.find(name)!)
  return (headers) => {
    const header = headers['x-airs-provider']?.toString()
    const named = header === undefined ? undefined : providers.find(header)
    return named ? [named] : all
  }
}

/**
 * The provider whose list of models is asked for first: the default one, or else the first whose credential this key
 * may use.
 */
function chooseListTarget(providers: Providers, key: ClientKey | undefined): [Target] {
  const isAllowed = ({ name }: Provider) => key?.limits.providers?.includes(name) ?? true
  const isUsable = (provider: Provider) =>
    isAllowed(provider) && (provider.config.apiKey !== undefined || !key || !isGenerated(key))
  const all = [providers.default, ...providers.names.map((name) => providers.find(name)!)]
  return [{ provider: all.find(isUsable) ?? providers.default, model: undefined }]
}
