import type { WireFormat } from '../wire-format.ts'
import { openaiResponses } from './openai-responses.ts'
import { createResponsesFollower } from './openai-responses-follower.ts'
import { responsesItemTexts } from './openai-responses-texts.ts'
import { unstreamed } from './unstreamed.ts'

/**
 * What an app does with a response that its provider has stored: `GET` and `DELETE /v1/responses/{id}`, its
 * `input_items` and `cancel`. Requests say no model, and have no body. The tokens were told when it was made.
 */
export const openaiStoredResponses: WireFormat = {
  ...openaiResponses,
  id: 'openai.stored-responses',
  readRequest: () => ({ model: undefined, stream: false, includeUsage: false }),
  requestTexts: () => [],
  responseTexts: (body) => [...openaiResponses.responseTexts(body), ...responsesItemTexts(body)],
  usage: () => undefined,
  createFollower: () =>
    createResponsesFollower({ usage: () => undefined, finishReasons: openaiResponses.finishReasons }),
}

/** How many tokens a request would have: `POST /v1/responses/input_tokens`. Nothing is generated. */
export const openaiInputTokens: WireFormat = {
  ...openaiResponses,
  ...unstreamed,
  id: 'openai.input-tokens',
  responseTexts: () => [],
  usage: () => undefined,
}
