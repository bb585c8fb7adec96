import type { RequestFacts } from '@airs-cp/providers'
import type { ProviderResponse, Relayed } from '../exchange.ts'
import { toUpstreamError } from './upstream-error.ts'

/**
 * Puts a plain response, held whole in the provider's format, into the client's; an error becomes the client's error with
 * its status. Streams were translated on their way, and what needs no translation stays as it is.
 */
export function translateResponse({ request, relayed }: ProviderResponse, facts: RequestFacts): Relayed {
  const { translator, target } = request
  if (!translator || relayed.stream || relayed.end !== 'complete') return relayed
  const text = relayed.held.toString('utf8')
  try {
    const { status, body } =
      relayed.status! >= 400
        ? translator.error(relayed.status!, text)
        : {
            status: relayed.status!,
            body: translator.response(text, {
              createdSeconds: Math.floor(Date.now() / 1_000),
              includeUsage: facts.includeUsage,
              toolNames: request.toolNames,
            }),
          }
    const bytes = Buffer.from(body)
    const headers = { ...relayed.headers, 'content-type': 'application/json' }
    return { ...relayed, status, headers, held: bytes, whole: bytes }
  } catch (error) {
    return { ...relayed, end: toUpstreamError(error, target.provider.name, true) }
  }
}
