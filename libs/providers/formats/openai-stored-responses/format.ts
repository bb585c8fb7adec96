import { noTools } from '../../conversation/tools.ts'
import type { WireFormat } from '../../wire-format.ts'
import { openaiResponses } from '../openai-responses/format.ts'
import { responsesItemTexts } from '../openai-responses/texts.ts'

/**
 * What an app does with a response that its provider has stored: `GET` and `DELETE /v1/responses/{id}`, its
 * `input_items` and `cancel`. Requests say no model, and have no body. A response repeats the usage of when it was made,
 * which counts where that was not known then (background mode).
 */
export const openaiStoredResponses: WireFormat = {
  ...openaiResponses,
  id: 'openai.stored-responses',
  routes: [],
  matchesRoute: (method, path) => storedResponse.test(`${method} ${path}`),
  operationName: undefined,
  generatesText: false,
  readRequest: () => ({ model: undefined, stream: false, includeUsage: false }),
  requestTexts: () => [],
  requestTools: () => noTools,
  requestTurns: () => ({ turns: [] }),
  isResponse: () => false,
  responseTexts: (body) => [...openaiResponses.responseTexts(body), ...responsesItemTexts(body)],
}

const storedResponse =
  /^(?:(?:GET|DELETE) \/v1\/responses\/[\w-]+|GET \/v1\/responses\/[\w-]+\/input_items|POST \/v1\/responses\/[\w-]+\/cancel)$/
