import { geminiErrorFrames } from '../../formats/gemini/error.ts'
import { isObject, type JsonObject, objectsOf, stringOf } from '../../json.ts'
import { type WritableJson, writeJson } from '../../raw-json.ts'
import { frameJson, isDone, readFrame, type SseFrame, sseText } from '../../sse.ts'
import { createCallReader, type StreamedCall } from '../chat-call-order.ts'
import { reasoningOf, textOf } from '../chat-to-messages-parts.ts'
import type { ResponseOptions, StreamTranslator } from '../translator.ts'
import { MalformedResponseError } from '../untranslatable-error.ts'
import { callPart, callsIn, finishReasonFor, identityOf, usageMetadata } from './chat-to-gemini-response.ts'
import { geminiErrorOfChat } from './errors.ts'
import { signatureOfCall } from './signatures.ts'

type Choice = {
  readCall: ReturnType<typeof createCallReader>
  calls: Map<StreamedCall, { extra: JsonObject }>
  finishReason: string | undefined
  refused: boolean
}

/**
 * OpenAI chat chunks as a stream of Gemini's. Calls come whole there: they wait until the choice has ended. The last frame, which says
 * why each candidate ended and what was used, goes out at `[DONE]`, because usage comes after the finish reason.
 */
export function createChatToGeminiStream(options: ResponseOptions): StreamTranslator {
  let identity: JsonObject = {}
  let usage: JsonObject | undefined
  let ended = false
  let failed = false
  const choices = new Map<number, Choice>()

  const frame = (candidates: WritableJson[], usageMetadata?: JsonObject): SseFrame =>
    readFrame(Buffer.from(sseText(writeJson({ candidates, usageMetadata, ...identity }))))
  const said = (index: number, part: WritableJson): SseFrame =>
    frame([{ content: { role: 'model', parts: [part] }, index }])

  function choice(received: JsonObject, at: number): SseFrame[] {
    const frames: SseFrame[] = []
    const index = typeof received.index === 'number' ? received.index : at
    let known = choices.get(index)
    if (!known) {
      known = { readCall: createCallReader(), calls: new Map(), finishReason: undefined, refused: false }
      choices.set(index, known)
    }
    known.finishReason = stringOf(received.finish_reason) || known.finishReason
    // Some servers send all of a response in one chunk, as a plain one has it.
    const delta = isObject(received.delta) ? received.delta : received.message
    if (!isObject(delta)) return frames
    const thoughts = reasoningOf(delta)
    if (thoughts !== '') frames.push(said(index, { text: thoughts, thought: true }))
    const refusal = stringOf(delta.refusal) ?? ''
    known.refused ||= refusal !== ''
    for (const text of [textOf(delta.content), refusal]) if (text !== '') frames.push(said(index, { text }))
    for (const piece of callsIn(delta)) {
      const { call } = known.readCall(piece)
      const extra = signatureOfCall(piece) === undefined ? {} : { extra_content: piece.extra_content }
      known.calls.set(call, { extra: { ...known.calls.get(call)?.extra, ...extra } })
    }
    return frames
  }

  function end(): SseFrame[] {
    ended = true
    const frames: SseFrame[] = []
    const endings: WritableJson[] = []
    for (const [index, { calls, finishReason, refused }] of choices) {
      for (const [call, { extra }] of calls) {
        const { id, name, arguments: args } = call
        frames.push(said(index, callPart({ id, ...extra }, name, args, options.toolNames)))
      }
      const content = { role: 'model', parts: [{ text: '' }] }
      endings.push({ content, finishReason: finishReasonFor(finishReason, refused), index })
    }
    return [...frames, frame(endings, usage ?? {})]
  }

  return {
    push(received) {
      if (ended) return []
      if (isDone(received)) return choices.size > 0 ? end() : []
      const data = frameJson(received)
      // Comments, which keep a connection alive: Google's client for Python reads only data.
      if (!data && received.data === '') return []
      if (!data) throw new MalformedResponseError('A frame of its stream is not JSON')
      if (data.error) {
        failed = true
        return [readFrame(Buffer.from(geminiErrorFrames(geminiErrorOfChat(data))))]
      }
      // Some servers begin with a chunk that has neither.
      identity = { ...identityOf(data), ...identity }
      usage = usageMetadata(data) ?? usage
      return [...objectsOf(data.choices)].flatMap(([at, one]) => choice(one, at))
    },
    end: () => {
      const isComplete = [...choices.values()].some(({ finishReason }) => finishReason !== undefined)
      return isComplete && !ended && !failed ? end() : []
    },
  }
}
