import { anthropicErrorFrames } from '../formats/anthropic-messages/error.ts'
import { isObject, type JsonObject, objectsOf, stringOf } from '../json.ts'
import { frameJson, isDone, readFrame, type SseFrame, sseText } from '../sse.ts'
import { createCallReader, type StreamedCall } from './chat-call-order.ts'
import { reasoningOf, stopReasonOf, textOf, usageOfMessages } from './chat-to-messages-parts.ts'
import { calledAs } from './chat-to-messages-response.ts'
import { messagesErrorOfChat } from './errors.ts'
import { signatureOfCall, thinkingSignature } from './gemini/signatures.ts'
import { identityOf } from './identity.ts'
import { isCompleteObject } from './tool-arguments.ts'
import type { ResponseOptions, StreamTranslator } from './translator.ts'
import { MalformedResponseError } from './untranslatable-error.ts'

/** A block of the response: thinking, text, a refusal's text, or the arguments of one call. */
type Block = { kind: 'thinking' | 'text' | 'refusal' | StreamedCall; start: JsonObject; pieces: JsonObject[] }

/**
 * OpenAI chat chunks as an Anthropic stream, in which one block is open at a time: the next one closes it. Servers may
 * mix the pieces of several calls: what comes while the arguments of an open call are no JSON object yet waits for the rest of
 * them. The end is reported only at `[DONE]`, because usage comes after the finish reason.
 *
 * | open block | piece of it | piece of another block                                        |
 * |------------|-------------|---------------------------------------------------------------|
 * | none       |             | opens that block                                              |
 * | text       | passes      | closes it, opens the other                                    |
 * | call       | passes      | arguments complete: closes it, opens the other; else it waits |
 */
export function createChatToMessagesStream(options: ResponseOptions): StreamTranslator {
  let started: JsonObject | undefined
  let ended = false
  let index = 0
  let finishReason: string | undefined
  let refused = false
  let calls = 0
  let lastUsage: JsonObject = {}
  /** The first one is open. */
  let blocks: Block[] = []
  const readCall = createCallReader()
  /** Of the first call of each id. */
  const positions = new Map<string, number>()

  /** Frames that come of the one that is being translated. */
  let emitted: SseFrame[] = []
  const emit = (event: JsonObject) => void emitted.push(frameOf(event))
  const emitDelta = (piece: JsonObject) => emit({ type: 'content_block_delta', index, delta: piece })

  function begin(block: Block): void {
    emit({ type: 'content_block_start', index, content_block: block.start })
    for (const piece of block.pieces.splice(0)) emitDelta(piece)
  }

  function closeFirst(): void {
    const [first] = blocks
    if (!first) return
    if (typeof first.kind !== 'string' && first.kind.held !== undefined)
      emitDelta({ type: 'input_json_delta', partial_json: first.kind.held })
    emit({ type: 'content_block_stop', index: index++ })
    blocks = blocks.slice(1)
    if (blocks[0]) begin(blocks[0])
  }

  /** Gives a piece to its block, which is a new one where none of them is open or waiting. */
  function push(kind: Block['kind'], start: () => JsonObject, piece: JsonObject | undefined): void {
    let block = blocks.find((it) => it.kind === kind)
    if (!block && typeof kind !== 'string' && kind.position < calls) {
      if (!piece || /^\s*$/.test(String(piece.partial_json))) return
      throw new MalformedResponseError(`The provider went on with tool call ${kind.position} after its end`)
    }
    if (!block) {
      block = { kind, start: start(), pieces: [] }
      if (typeof kind !== 'string') calls++
      blocks.push(block)
      if (blocks.length === 1) begin(block)
    }
    if (piece && blocks[0] === block) emitDelta(piece)
    else if (piece) block.pieces.push(piece)
    while (blocks.length > 1 && isOver(blocks[0]!)) closeFirst()
  }

  const isOver = ({ kind }: Block) => typeof kind === 'string' || isCompleteObject(kind.arguments)

  function text(kind: 'text' | 'refusal', piece: string): void {
    if (piece !== '') push(kind, () => ({ type: 'text', text: '' }), { type: 'text_delta', text: piece })
  }

  const startThinking = () => ({ type: 'thinking', thinking: '', signature: '' })

  function thinking(piece: string): void {
    if (piece === '') return
    push('thinking', startThinking, { type: 'thinking_delta', thinking: piece })
  }

  function call(piece: JsonObject): void {
    const signature = signatureOfCall(piece)
    if (signature !== undefined)
      push('thinking', startThinking, {
        ...{ type: 'signature_delta', signature: thinkingSignature(signature) },
      })
    const read = readCall(piece)
    const { id, name, position } = read.call
    const start = () => ({
      type: 'tool_use',
      ...calledAs(
        isTaken(id, position) ? `${id} ${position + 1}` : id,
        name,
        position,
        started ?? {},
        options,
      ),
      input: {},
    })
    const input =
      read.arguments === '' ? undefined : { type: 'input_json_delta', partial_json: read.arguments }
    push(read.call, start, input)
  }

  /** Calls of one response that share an id are different calls. */
  function isTaken(id: string, position: number): boolean {
    if (id === '') return false
    if ((positions.get(id) ?? position) !== position) return true
    positions.set(id, position)
    return false
  }

  function start(data: JsonObject): void {
    started = data
    const { id, model } = identityOf(data, 'msg_', options)
    const head = { id, type: 'message', role: 'assistant', model, content: [] }
    const usage = { input_tokens: 0, output_tokens: 0 }
    emit({
      type: 'message_start',
      message: { ...head, stop_reason: null, stop_sequence: null, usage },
    })
  }

  function chunk(data: JsonObject): void {
    if (!started) start(data)
    if (isObject(data.usage)) lastUsage = data
    const choice = [...objectsOf(data.choices)].find(
      ([, { index: at }]) => at === undefined || at === null || at === 0,
    )?.[1]
    if (!choice) return
    // Some servers send all of a response in one chunk, as a plain one has it.
    const said = isObject(choice.delta) ? choice.delta : choice.message
    if (isObject(said)) {
      thinking(reasoningOf(said))
      text('text', textOf(said.content))
      const refusal = stringOf(said.refusal) ?? ''
      refused ||= refusal !== ''
      text('refusal', refusal)
      for (const [, piece] of objectsOf(said.tool_calls)) call(piece)
      if (isObject(said.function_call)) call({ function: said.function_call })
    }
    finishReason = stringOf(choice.finish_reason) || finishReason
  }

  function end(): void {
    ended = true
    while (blocks.length > 0) closeFirst()
    const stop_reason = stopReasonOf(finishReason, { calls: calls > 0, refusal: refused })
    const usage = usageOfMessages(lastUsage)
    emit({ type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage })
    emit({ type: 'message_stop' })
  }

  function framesOf(translate: () => void): SseFrame[] {
    emitted = []
    translate()
    return emitted
  }

  return {
    push(frame) {
      if (ended) return []
      if (isDone(frame)) return started ? framesOf(end) : []
      const data = frameJson(frame)
      if (!data && frame.data === '') return [frame]
      if (!data) throw new MalformedResponseError('A frame of its stream is not JSON')
      if (data.error) return [readFrame(Buffer.from(anthropicErrorFrames(messagesErrorOfChat(data))))]
      return framesOf(() => chunk(data))
    },
    end: () => (started && !ended && finishReason !== undefined ? framesOf(end) : []),
  }
}

/** The only signatures in it are Gemini's, which sign a call and not the thinking that they stand beside. */
function frameOf(event: JsonObject): SseFrame {
  return { ...readFrame(Buffer.from(sseText(event, stringOf(event.type)))), unsigned: true }
}
