import { isObject } from '../json.ts'
import { frameJson } from '../sse.ts'
import type { WireFormat } from '../wire-format.ts'
import { createAnthropicAssembler } from './anthropic-assembler.ts'
import { anthropicErrorBody, anthropicErrorFrames } from './anthropic-error.ts'
import { createAnthropicFollower } from './anthropic-follower.ts'
import { anthropicCompletedBy, anthropicFrameTexts } from './anthropic-frames.ts'
import { anthropicRequestTexts, anthropicResponseTexts } from './anthropic-texts.ts'
import { anthropicUsage } from './anthropic-usage.ts'
import { checkMessages, readModelRequest } from './read-request.ts'

/** Anthropic Messages: `POST /v1/messages`. */
export const anthropicMessages: WireFormat = {
  id: 'anthropic.messages',
  readRequest: (body) => readModelRequest(body, ({ messages }) => checkMessages(messages)),
  requestTexts: anthropicRequestTexts,
  responseTexts: anthropicResponseTexts,
  frameTexts: anthropicFrameTexts,
  completedBy: anthropicCompletedBy,
  repeatsTexts: false,
  usage: anthropicUsage,
  finishReasons: (body) => (isObject(body) && typeof body.stop_reason === 'string' ? [body.stop_reason] : []),
  errorBody: anthropicErrorBody,
  errorFrames: anthropicErrorFrames,
  isTerminator: (frame) => frameJson(frame)?.type === 'message_stop',
  createFollower: createAnthropicFollower,
  createAssembler: createAnthropicAssembler,
}
