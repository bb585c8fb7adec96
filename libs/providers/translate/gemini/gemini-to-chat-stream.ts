import { openaiErrorFrames } from '../../formats/openai/error.ts'
import { isObject, type Json, type JsonObject, objectsOf, stringOf } from '../../json.ts'
import { rawValues } from '../../raw-json.ts'
import { frameJson, mayHave, readFrame, type SseFrame, sseText } from '../../sse.ts'
import { pointer } from '../../text-part.ts'
import type { ResponseOptions, StreamTranslator } from '../translator.ts'
import { MalformedResponseError } from '../untranslatable-error.ts'
import { chatErrorOfGemini } from './errors.ts'
import {
  blockedPrompt,
  finishReasonOfGemini,
  refusalOfGemini,
  responseIdOf,
  spokenIn,
  usageOfGemini,
} from './gemini-to-chat-parts.ts'

const callArguments = [['candidates', '*', 'content', 'parts', '*', 'functionCall', 'args']]

/** What came of one candidate so far. */
type Choice = { calls: number; hasContent: boolean; ending: JsonObject | undefined }

/**
 * A stream of Gemini's as OpenAI chat chunks. Its calls come whole. It has no terminator: when it ends, it was complete if
 * each candidate had said why it ended. Some servers say so in every frame: finish reasons go out at the end.
 */
export function createGeminiToChatStream(options: ResponseOptions): StreamTranslator {
  let head: JsonObject | undefined
  let usage: JsonObject | undefined
  let failed = false
  const choices = new Map<number, Choice>()

  const chunk = (received: Json[], counted: JsonObject | null) =>
    frameOf({ ...head, choices: received, ...(options.includeUsage ? { usage: counted } : {}) })
  const piece = (index: number, delta: JsonObject, finish_reason: string | null = null) =>
    chunk([{ index, delta, logprobs: null, finish_reason }], null)

  function candidate(
    received: JsonObject,
    at: number,
    args: (part: number) => string | undefined,
  ): SseFrame[] {
    const frames: SseFrame[] = []
    const index = typeof received.index === 'number' ? received.index : at
    let choice = choices.get(index)
    if (!choice) {
      choice = { calls: 0, hasContent: false, ending: undefined }
      choices.set(index, choice)
      frames.push(piece(index, { role: 'assistant', content: null, refusal: null }))
    }
    const place = index * 1_000 + choice.calls
    const { text, thoughts, images, calls } = spokenIn(
      received.content,
      args,
      place,
      String(head?.id),
      options,
    )
    if (thoughts !== '') frames.push(piece(index, { reasoning_content: thoughts }))
    if (text !== '') frames.push(piece(index, { content: text }))
    if (images.length > 0) frames.push(piece(index, { images }))
    for (const call of calls) frames.push(piece(index, { tool_calls: [{ index: choice.calls++, ...call }] }))
    choice.hasContent ||= text !== '' || images.length > 0
    if (typeof received.finishReason === 'string' && received.finishReason !== '') choice.ending = received
    return frames
  }

  function finished([index, { calls, hasContent, ending = {} }]: [number, Choice]): SseFrame {
    const reason = finishReasonOfGemini(ending, { calls: calls > 0, content: hasContent })
    const refusal = refusalOfGemini(ending)
    return piece(index, refusal === null ? {} : { refusal }, reason)
  }

  return {
    push(frame) {
      const body = frameJson(frame)
      if (!body && frame.data === '') return [frame]
      if (!body) throw new MalformedResponseError('A frame of its stream is not JSON')
      if (body.error) {
        failed = true
        return [readFrame(Buffer.from(openaiErrorFrames(chatErrorOfGemini(body))))]
      }
      head ??= {
        id: responseIdOf(body, options.createdSeconds),
        object: 'chat.completion.chunk',
        created: options.createdSeconds,
        model: stringOf(body.modelVersion) || options.model || 'unknown',
      }
      usage = usageOfGemini(body) ?? usage
      const raw = mayHave(frame.data, 'functionCall')
        ? rawValues(frame.data, callArguments)
        : new Map<string, string>()
      const blocked = blockedPrompt(body)
      const received = blocked ? [[0, blocked] as const] : [...objectsOf(body.candidates)]
      return received.flatMap(([at, one]) => {
        const args = (part: number) =>
          raw.get(pointer('/candidates', at, 'content', 'parts', part, 'functionCall', 'args'))
        return isObject(one) ? candidate(one, at, args) : []
      })
    },
    end() {
      const isComplete = choices.size > 0 && [...choices.values()].every(({ ending }) => ending)
      if (!isComplete || failed) return []
      const endings = [...choices].map(finished)
      const done = readFrame(Buffer.from(sseText('[DONE]')))
      return [...endings, ...(options.includeUsage ? [chunk([], usage ?? null)] : []), done]
    },
  }
}

function frameOf(data: JsonObject): SseFrame {
  return readFrame(Buffer.from(sseText(data)))
}
