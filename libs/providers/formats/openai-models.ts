import type { WireFormat } from '../wire-format.ts'
import { openaiErrorBody, openaiErrorFrames } from './openai-error.ts'
import { unstreamed } from './unstreamed.ts'

/** OpenAI's list of models and one of its entries: `GET /v1/models`, `GET /v1/models/{model}`. Requests have no body. */
export const openaiModels: WireFormat = {
  ...unstreamed,
  id: 'openai.models',
  readRequest: () => ({ model: undefined, stream: false, includeUsage: false }),
  requestTexts: () => [],
  responseTexts: () => [],
  usage: () => undefined,
  errorBody: openaiErrorBody,
  errorFrames: openaiErrorFrames,
}
