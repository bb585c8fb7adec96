import { noTools } from '../../conversation/tools.ts'
import type { WireFormat } from '../../wire-format.ts'
import { anthropicMessages } from '../anthropic-messages/format.ts'
import { unstreamed } from '../unstreamed.ts'

/** What Anthropic's messages have, but for the path of translated requests: none is translated into a count. */
const { translatedPath: _, ...messages } = anthropicMessages

/** Anthropic's token counting: `POST /v1/messages/count_tokens`. Nothing is generated or charged, but the provider sees the prompt. */
export const anthropicCountTokens: WireFormat = {
  ...messages,
  ...unstreamed,
  id: 'anthropic.count-tokens',
  routes: ['POST /v1/messages/count_tokens'],
  operationName: undefined,
  generatesText: false,
  countsTokens: true,
  responseTools: () => noTools,
  isResponse: () => false,
  responseTurns: () => [],
  responseTexts: () => [],
  usage: () => undefined,
}
