import { anthropicMessages } from '../formats/anthropic-messages.ts'
import { openaiChat } from '../formats/openai-chat.ts'
import { openaiCompletions } from '../formats/openai-completions.ts'
import { openaiResponses } from '../formats/openai-responses.ts'
import { isObject, type JsonObject, objectsOf, parseObject, stringOf } from '../json.ts'
import { createSseParser, frameJson, type SseFrame } from '../sse.ts'
import type { StreamAssembler } from '../wire-format.ts'
import { blockTurns } from './anthropic-turns.ts'
import { choiceTurns } from './chat-turns.ts'
import { itemTurns } from './responses-turns.ts'
import type { AnsweredTurns } from './turn.ts'

/**
 * What an answer says, plain or streamed. Its format is told from the answer itself, so that it can be read without the
 * request. What is not an answer of a model (an error, a list of models, junk) says nothing.
 */
export function answeredTurns(bytes: Buffer): AnsweredTurns {
  const answer = readAnswer(bytes)
  if (!answer) return { turns: [] }
  const id = stringOf(answer.id)
  const turns = Array.isArray(answer.choices)
    ? choiceTurns(answer.choices)
    : answer.type === 'message'
      ? blockTurns(answer.content, 'assistant')
      : itemTurns(answer.output)
  return { turns, ...(id !== undefined && { id }) }
}

function readAnswer(bytes: Buffer): JsonObject | undefined {
  return bytes[0] === openingBrace ? parseObject(bytes.toString('utf8')) : assemble(bytes)
}

const openingBrace = 0x7b

function assemble(bytes: Buffer): JsonObject | undefined {
  const parser = createSseParser({ maxFrameBytes: bytes.length + 1 })
  const frames = parser.push(bytes)
  const last = parser.end()
  if (last) frames.push(last)
  let assembler: StreamAssembler | undefined
  for (const frame of frames) {
    assembler ??= assemblerFor(frame)
    assembler?.push(frame)
  }
  return assembler?.result()
}

/** By what a frame looks like; undefined for frames that any stream may have, such as comments and pings. */
function assemblerFor(frame: SseFrame): StreamAssembler | undefined {
  const json = frameJson(frame)
  if (json?.type === 'message_start') return anthropicMessages.createAssembler()
  if (isObject(json?.response)) return openaiResponses.createAssembler()
  if (!Array.isArray(json?.choices)) return undefined
  for (const [, choice] of objectsOf(json.choices))
    return 'text' in choice ? openaiCompletions.createAssembler() : openaiChat.createAssembler()
  return json.object === 'text_completion'
    ? openaiCompletions.createAssembler()
    : openaiChat.createAssembler()
}
