import { isObject } from '../json.ts'
import { frameJson, type SseFrame } from '../sse.ts'
import { type FrameText, pointer } from '../text-part.ts'
import type { WireFormat } from '../wire-format.ts'
import { createAnthropicAssembler } from './anthropic-assembler.ts'
import { anthropicErrorBody, anthropicErrorFrames } from './anthropic-error.ts'
import { createAnthropicFollower } from './anthropic-follower.ts'
import { anthropicRequestTexts, anthropicResponseTexts } from './anthropic-texts.ts'
import { anthropicUsage } from './anthropic-usage.ts'
import { checkMessages, readModelRequest } from './read-request.ts'

/** Anthropic Messages: `POST /v1/messages`. */
export const anthropicMessages: WireFormat = {
  id: 'anthropic.messages',
  readRequest: (body) => readModelRequest(body, ({ messages }) => checkMessages(messages)),
  requestTexts: anthropicRequestTexts,
  responseTexts: anthropicResponseTexts,
  frameTexts,
  usage: anthropicUsage,
  finishReasons: (body) => (isObject(body) && typeof body.stop_reason === 'string' ? [body.stop_reason] : []),
  errorBody: anthropicErrorBody,
  errorFrames: anthropicErrorFrames,
  isTerminator: (frame) => frameJson(frame)?.type === 'message_stop',
  createFollower: createAnthropicFollower,
  createAssembler: createAnthropicAssembler,
}

/** Where each kind of delta carries its text, and in which field of the block that text gathers. */
const deltaFields: Record<string, { piece: string; whole: string; kind: FrameText['kind'] }> = {
  text_delta: { piece: 'text', whole: 'text', kind: 'text' },
  thinking_delta: { piece: 'thinking', whole: 'thinking', kind: 'text' },
  input_json_delta: { piece: 'partial_json', whole: 'input', kind: 'tool-arguments' },
}

function frameTexts(frame: SseFrame): FrameText[] {
  const event = frameJson(frame)
  if (!event || typeof event.index !== 'number') return []
  if (event.type === 'content_block_start' && isObject(event.content_block)) {
    return ['text', 'thinking'].flatMap((field) => {
      const text = isObject(event.content_block) ? event.content_block[field] : undefined
      if (typeof text !== 'string' || text === '') return []
      const channel = pointer('/content', event.index as number, field)
      return [{ path: `/content_block/${field}`, channel, text, kind: 'text' as const }]
    })
  }
  if (event.type !== 'content_block_delta' || !isObject(event.delta)) return []
  const fields = deltaFields[String(event.delta.type)]
  const text = fields && event.delta[fields.piece]
  if (!fields || typeof text !== 'string' || text === '') return []
  const channel = pointer('/content', event.index, fields.whole)
  return [{ path: `/delta/${fields.piece}`, channel, text, kind: fields.kind }]
}
