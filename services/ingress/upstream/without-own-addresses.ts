import { type JsonObject, parseBytes, patchJson, type Translator } from '@airs-cp/providers'
import type { ProviderResponse } from '../exchange.ts'

/** Gives a response that has been held whole a translation that leaves the provider's own addresses out, where it names any. */
export function withoutOwnAddresses(
  received: ProviderResponse,
  without: (body: JsonObject) => JsonObject,
): ProviderResponse {
  const { relayed, request } = received
  if (relayed.end !== 'complete' || relayed.status! >= 400) return received
  const body = parseBytes(relayed.held)
  const changed = body && without(body)
  if (!body || !changed || changed === body) return received
  const translator: Translator = {
    client: request.format.id,
    provider: request.format.id,
    request: (body) => ({ body, ignored: [], toolNames: new Map() }),
    response: () => patchJson(relayed.held.toString('utf8'), body, changed),
    createStream: () => ({ push: (frame) => [frame], end: () => [] }),
    error: (status, body) => ({ status, body }),
  }
  return { ...received, request: { ...request, translator } }
}
