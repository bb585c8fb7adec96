import { countOf, isObject } from '../json.ts'
import { reportedUsage } from '../usage/reported-usage.ts'
import type { WireFormat } from '../wire-format.ts'
import { anthropicErrorBody, anthropicErrorFrames } from './anthropic-error.ts'
import { anthropicRequestTexts } from './anthropic-texts.ts'
import { checkMessages, readModelRequest } from './read-request.ts'
import { unstreamed } from './unstreamed.ts'

/** Anthropic's token counting: `POST /v1/messages/count_tokens`. Nothing is generated, but the provider sees the prompt. */
export const anthropicCountTokens: WireFormat = {
  ...unstreamed,
  id: 'anthropic.count-tokens',
  readRequest: (body) => readModelRequest(body, ({ messages }) => checkMessages(messages)),
  requestTexts: anthropicRequestTexts,
  responseTexts: () => [],
  usage: (body) =>
    isObject(body)
      ? reportedUsage({
          inputTokens: countOf(body.input_tokens),
          outputTokens: undefined,
          cachedInputTokens: undefined,
          cacheWriteInputTokens: undefined,
          reasoningTokens: undefined,
        })
      : undefined,
  errorBody: anthropicErrorBody,
  errorFrames: anthropicErrorFrames,
}
