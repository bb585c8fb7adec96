import type { WireFormat } from '../wire-format.ts'
import { anthropicErrorBody, anthropicErrorFrames } from './anthropic-error.ts'
import { anthropicRequestTexts } from './anthropic-texts.ts'
import { checkMessages, readModelRequest } from './read-request.ts'
import { unstreamed } from './unstreamed.ts'

/** Anthropic's token counting: `POST /v1/messages/count_tokens`. Nothing is generated or charged, but the provider sees the prompt. */
export const anthropicCountTokens: WireFormat = {
  ...unstreamed,
  id: 'anthropic.count-tokens',
  readRequest: (body) => readModelRequest(body, ({ messages }) => checkMessages(messages)),
  requestTexts: anthropicRequestTexts,
  responseTexts: () => [],
  usage: () => undefined,
  errorBody: anthropicErrorBody,
  errorFrames: anthropicErrorFrames,
}
