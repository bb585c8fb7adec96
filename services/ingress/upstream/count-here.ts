import type { ServerResponse } from 'node:http'
import { estimateInputTokens, type ReadTexts } from '@airs-cp/providers'
import type { Exchange, PreparedRequest, ProviderResponse } from '../exchange.ts'
import type { ExchangeRecorder } from '../recording/recorder.ts'
import { noResponse } from './relay.ts'

/**
 * The response to a request for its number of tokens, estimated for a provider that does not count. No provider is asked, so
 * there are no attempts; a header says that it is an estimate.
 */
export function countHere(
  request: PreparedRequest,
  { exchange, response, record }: { exchange: Exchange; response: ServerResponse; record: ExchangeRecorder },
  { texts }: ReadTexts,
): ProviderResponse {
  response.setHeader('x-airs-estimated', 'true')
  const bytes = Buffer.from(JSON.stringify({ input_tokens: estimateInputTokens(texts) }))
  const recorder = record.openBody()
  recorder.push(bytes)
  return {
    request,
    relayed: {
      ...noResponse,
      end: 'complete',
      status: 200,
      headers: { 'content-type': 'application/json' },
      firstByteMs: performance.now() - exchange.startedAtMs,
      whole: bytes,
      held: bytes,
    },
    body: recorder.finish('application/json'),
    delivered: undefined,
    attempts: [],
    call: undefined,
  }
}
