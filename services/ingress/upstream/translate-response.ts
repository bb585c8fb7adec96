import type { RequestFacts, WireFormat } from '@airs-cp/providers'
import type { PreparedRequest, ProviderResponse, Relayed } from '../exchange.ts'
import { describeResponse, noApiText } from '../routing/check-base-urls.ts'
import { toUpstreamError } from './upstream-error.ts'

/**
 * Puts a plain response, held whole in the provider's format, into the client's; an error becomes the client's error with
 * its status, and so does a page that says there is no API at the provider's address. Streams were translated on their way, and what needs no translation stays as it is.
 */
export function translateResponse({ request, relayed }: ProviderResponse, facts: RequestFacts): Relayed {
  const { translator, target, format } = request
  if (relayed.stream || relayed.end !== 'complete') return relayed
  const missing = missingApi(request, relayed)
  if (!translator) return missing === undefined ? relayed : errorOf(relayed, format, missing)
  const text =
    missing === undefined
      ? relayed.held.toString('utf8')
      : JSON.stringify({ error: { message: missing, type: 'invalid_request_error', code: missingCode } })
  try {
    const { status, body } =
      relayed.status! >= 400
        ? translator.error(relayed.status!, text)
        : {
            status: relayed.status!,
            body: translator.response(text, {
              createdSeconds: Math.floor(Date.now() / 1_000),
              model: facts.model,
              includeUsage: facts.includeUsage,
              asList: facts.asList,
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

const missingCode = 'no_api_at_base_url'

/** Why there is no API at the provider's address, where its response says so. */
function missingApi({ target }: PreparedRequest, { status, held }: Relayed): string | undefined {
  if (status !== 404 && status !== 405) return undefined
  const { isApi, said } = describeResponse(status, held.toString('utf8'))
  if (isApi) return undefined
  const text = noApiText(target.provider, said)
  return `${text[0]!.toUpperCase()}${text.slice(1)}`
}

function errorOf(relayed: Relayed, format: WireFormat, message: string): Relayed {
  const error = {
    status: relayed.status!,
    type: 'invalid_request_error',
    code: missingCode,
    message,
    param: null,
  }
  const bytes = Buffer.from(format.errorBody(error))
  const headers = { ...relayed.headers, 'content-type': 'application/json' }
  return { ...relayed, headers, held: bytes, whole: bytes }
}
