import { isObject, type JsonObject } from '../json.ts'
import { frameJson, type SseFrame } from '../sse.ts'
import { type FrameText, pointer, type TextKind } from '../text-part.ts'
import { responsesResponseTexts } from './openai-responses-texts.ts'

type Place = { field: string; list?: { name: string; index: string }; kind: TextKind }

const inContent = { name: 'content', index: 'content_index' }
const inSummary = { name: 'summary', index: 'summary_index' }

/** Events that bring text, without their ending `.delta` or `.done`, and the string of the item that they bring it for. */
export const textEvents: Record<string, Place> = {
  'response.output_text': { field: 'text', list: inContent, kind: 'text' },
  'response.refusal': { field: 'refusal', list: inContent, kind: 'text' },
  'response.reasoning_text': { field: 'text', list: inContent, kind: 'text' },
  'response.reasoning_summary_text': { field: 'text', list: inSummary, kind: 'text' },
  'response.function_call_arguments': { field: 'arguments', kind: 'tool-arguments' },
  'response.mcp_call_arguments': { field: 'arguments', kind: 'tool-arguments' },
  'response.custom_tool_call_input': { field: 'input', kind: 'tool-arguments' },
  'response.code_interpreter_call_code': { field: 'code', kind: 'tool-arguments' },
}

const finalEvents = new Set(['response.completed', 'response.incomplete', 'response.failed'])

export function isFinalEvent(frame: SseFrame): boolean {
  return finalEvents.has(String(frameJson(frame)?.type))
}

/**
 * Pieces of text, and the repetitions of whole strings that this format makes: when a part is done, when its item is,
 * and when the answer is.
 */
export function responsesFrameTexts(frame: SseFrame): FrameText[] {
  const event = frameJson(frame)
  if (!event || typeof event.type !== 'string') return []
  if (isObject(event.response)) return wholeTexts(event.response, '/response', '')
  const index = Number(event.output_index ?? 0)
  if (isObject(event.item)) {
    return wholeTexts({ output: [event.item] }, '/item', pointer('/output', index)).map((text) => ({
      ...text,
      path: `/item${text.path.slice('/item/output/0'.length)}`,
      channel: pointer('/output', index) + text.channel.slice(pointer('/output', index, 'output', 0).length),
    }))
  }
  if (isObject(event.part)) return partTexts(event, event.part, pointer('/output', index))
  const ending = event.type.slice(event.type.lastIndexOf('.'))
  const place = textEvents[event.type.slice(0, -ending.length)]
  if (!place) return []
  const channel = `${channelBase(event, place, index)}/${place.field}`
  if (ending === '.delta' && typeof event.delta === 'string' && event.delta !== '') {
    return [{ path: '/delta', channel, text: event.delta, kind: place.kind }]
  }
  const text = event[place.field]
  if (ending !== '.done' || typeof text !== 'string' || text === '') return []
  return [{ path: `/${place.field}`, channel, text, kind: place.kind, whole: true }]
}

function channelBase(event: JsonObject, { list }: Place, outputIndex: number): string {
  const item = pointer('/output', outputIndex)
  return list ? pointer(item, list.name, Number(event[list.index] ?? 0)) : item
}

function partTexts(event: JsonObject, part: JsonObject, item: string): FrameText[] {
  const list = event.summary_index === undefined ? inContent : inSummary
  const base = pointer(item, list.name, Number(event[list.index] ?? 0))
  return ['text', 'refusal'].flatMap((field) => {
    const text = part[field]
    if (typeof text !== 'string' || text === '') return []
    return [
      {
        path: `/part/${field}`,
        channel: `${base}/${field}`,
        text,
        kind: 'text' as const,
        whole: true as const,
      },
    ]
  })
}

function wholeTexts(body: JsonObject, path: string, channel: string): FrameText[] {
  return responsesResponseTexts(body).map(({ role: _, ...part }) => ({
    ...part,
    path: path + part.path,
    channel: channel + part.path,
    whole: true,
  }))
}
