import { noTools } from '../../conversation/tools.ts'
import type { WireFormat } from '../../wire-format.ts'
import { openaiResponses } from '../openai-responses/format.ts'
import { unstreamed } from '../unstreamed.ts'

/** How many tokens a request would have: `POST /v1/responses/input_tokens`. Nothing is generated. */
export const openaiInputTokens: WireFormat = {
  ...openaiResponses,
  ...unstreamed,
  id: 'openai.input-tokens',
  routes: ['POST /v1/responses/input_tokens'],
  operationName: undefined,
  generatesText: false,
  isRepeatable: true,
  responseTools: () => noTools,
  isResponse: () => false,
  responseTurns: () => [],
  responseTexts: () => [],
  usage: () => undefined,
}
