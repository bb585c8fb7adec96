import { deltaStrings } from '../../delta-strings.ts'
import { entryOf, isObject, type JsonObject, stringOf } from '../../json.ts'
import { frameJson, type SseFrame } from '../../sse.ts'
import { type FrameText, pointer, type TextKind } from '../../text-part.ts'
import { responsesResponseTexts } from './texts.ts'

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
  return finalEvents.has(String(typeOf(frame, frameJson(frame))))
}

/**
 * Pieces of text, and the repetitions of whole strings that this format makes: when a part is done, when its item is,
 * and when the response is. Text in an item or part that is only begun is its first piece, where deltas go on with it.
 */
export function responsesFrameTexts(frame: SseFrame): FrameText[] {
  const event = frameJson(frame)
  const type = typeOf(frame, event)
  if (!event || type === undefined) return []
  const { name, ending } = partsOfType(type)
  const place = entryOf(textEvents, name)
  // Clients read of it nothing but the piece, whatever else it has.
  if (place && ending === '.delta' && typeof event.delta === 'string')
    return event.delta === ''
      ? []
      : [{ path: '/delta', channel: channelOf(event, place), text: event.delta, kind: place.kind }]
  if (isObject(event.response)) return wholeTexts(event.response, '/response', '')
  const item = pointer('/output', indexOf(event, 'output_index'))
  if (isObject(event.item)) {
    const texts = wholeTexts({ output: [event.item] }, '/item', '').map((text) => ({
      ...text,
      path: `/item${text.path.slice('/item/output/0'.length)}`,
      channel: item + text.channel.slice('/output/0'.length),
    }))
    return type.endsWith('.added') ? texts.map((text) => begun(text, item)) : texts
  }
  if (isObject(event.part)) {
    const texts = within(event.part, '/part', pointer(item, ...partOf(event)))
    return type.endsWith('.added') ? texts.map((text) => begun(text, item)) : texts
  }
  if (isObject(event.annotation)) {
    const at = pointer(item, ...partOf(event), 'annotations', indexOf(event, 'annotation_index'))
    return within({ value: event.annotation }, '', '').map((text) => ({
      ...text,
      path: `/annotation${text.path.slice('/value'.length)}`,
      channel: at + text.channel.slice('/value'.length),
    }))
  }
  if (!place) return otherTexts(event, type)
  const channel = channelOf(event, place)
  const text = event[place.field]
  if (ending !== '.done' || typeof text !== 'string' || text === '') return []
  return [{ path: `/${place.field}`, channel, text, kind: place.kind, whole: true }]
}

/** A string is complete when it is said to be done, and so is all of a part, an item and the response. */
export function responsesCompletedBy(frame: SseFrame): string[] {
  const event = frameJson(frame)
  const type = typeOf(frame, event)
  if (!event || type === undefined) return []
  if (isFinalEvent(frame)) return ['/']
  const { name, ending } = partsOfType(type)
  if (ending !== '.done') return []
  const item = pointer('/output', indexOf(event, 'output_index'))
  if (isObject(event.item)) return [`${item}/`]
  if (isObject(event.part)) return [`${pointer(item, ...partOf(event))}/`]
  const place = entryOf(textEvents, name)
  return [place ? channelOf(event, place) : otherChannel(event, name)]
}

/** Reasoning that comes with its encrypted form. */
export function responsesSignedBy(frame: SseFrame): string[] {
  const event = frameJson(frame)
  if (!isObject(event?.item) || !event.item.encrypted_content) return []
  return [`${pointer('/output', indexOf(event, 'output_index'))}/`]
}

/** Some clients go by the name of the event alone. */
function typeOf({ event: name }: SseFrame, event: JsonObject | undefined): string | undefined {
  return stringOf(event?.type) ?? name
}

/** Drafts of the API separate a few endings by an underscore: `response.mcp_call.arguments_delta`. */
function partsOfType(type: string): { name: string; ending: string } {
  const [, name = type, ending = ''] = /^(.*)[._]([a-z]+)$/.exec(type) ?? []
  return { name, ending: `.${ending}` }
}

function indexOf(event: JsonObject, field: string): number {
  return Number(event[field] ?? 0)
}

function partOf(event: JsonObject): [list: string, index: number] {
  const { name, index } = event.summary_index === undefined ? inContent : inSummary
  return [name, indexOf(event, index)]
}

function channelOf(event: JsonObject, { field, list }: Place): string {
  const item = pointer('/output', indexOf(event, 'output_index'))
  return list ? pointer(item, list.name, indexOf(event, list.index), field) : pointer(item, field)
}

function begun({ whole, ...text }: FrameText, item: string): FrameText {
  const rest = text.channel.slice(item.length + 1).split('/')
  const goesOn = Object.values(textEvents).some((place) => isAt(place, rest))
  return goesOn ? text : { ...text, whole: true }
}

/** @param rest of the pointer to a string, within its item. */
function isAt({ field, list }: Place, rest: readonly string[]): boolean {
  return field === rest.at(-1) && (list ? rest.length === 3 && list.name === rest[0] : rest.length === 1)
}

const otherRoot = 'events'

/** Events of kinds to come: a delta goes on with a string of its own, and every other string is whole. */
function otherTexts(event: JsonObject, type: string): FrameText[] {
  const { name, ending } = partsOfType(type)
  const channel = otherChannel(event, name)
  if (ending === '.delta' && event.delta !== undefined)
    return name === 'response.audio'
      ? []
      : deltaStrings(event.delta).map(({ path, text }) => ({
          path: `/delta${path}`,
          channel: channel + path,
          text,
          kind: 'text',
        }))
  const { type: _, item_id: __, obfuscation: ___, ...value } = event
  return within({ value }, '', '').map((text) => ({
    ...text,
    path: text.path.slice('/value'.length),
    channel: `${channel}/value${text.channel.slice('/value'.length)}`,
  }))
}

function otherChannel(event: JsonObject, name: string): string {
  return pointer('', otherRoot, name, indexOf(event, 'output_index'), indexOf(event, 'content_index'))
}

/** Every string of a part, as `responsesResponseTexts` finds it within its item. */
function within(part: JsonObject, path: string, channel: string): FrameText[] {
  const body = { output: [{ type: 'message', role: 'assistant', content: [part] }] }
  return wholeTexts(body, '', '').map((text) => {
    const rest = text.path.slice('/output/0/content/0'.length)
    return { ...text, path: path + rest, channel: channel + rest }
  })
}

function wholeTexts(body: JsonObject, path: string, channel: string): FrameText[] {
  return responsesResponseTexts(body).map(({ role: _, fixed: __, ...part }) => ({
    ...part,
    path: path + part.path,
    channel: channel + part.path,
    whole: true,
  }))
}
