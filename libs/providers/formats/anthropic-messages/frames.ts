import { createTextCollector } from '../../collect-texts.ts'
import { deltaStrings } from '../../delta-strings.ts'
import { entryOf, isObject, type Json, type JsonObject } from '../../json.ts'
import { frameJson, type SseFrame } from '../../sse.ts'
import { type FrameText, pointer, type TextPart } from '../../text-part.ts'
import { anthropicResponseTexts } from './texts.ts'

/** Where deltas carry text, and in which field of the block that text gathers; others do in a field of the same name. */
const deltaFields: Record<string, { piece: string; whole: string; kind: FrameText['kind'] }> = {
  text_delta: { piece: 'text', whole: 'text', kind: 'text' },
  thinking_delta: { piece: 'thinking', whole: 'thinking', kind: 'text' },
  input_json_delta: { piece: 'partial_json', whole: 'input', kind: 'tool-arguments' },
}

/** Pieces of text, and the strings that come whole: of blocks that do not stream, and of citations. */
export function anthropicFrameTexts(frame: SseFrame): FrameText[] {
  const event = frameJson(frame)
  if (!event) return []
  const type = typeOf(frame, event)
  if (type === 'message_start' && isObject(event.message))
    return anthropicResponseTexts(event.message).map((text) => ({
      ...frameText(text, `/message${text.path}`, text.path),
      whole: true,
    }))
  const block = blockOf(event)
  if (type === 'content_block_start' && isObject(event.content_block))
    return blockTexts(event.content_block, block)
  if (type !== 'content_block_delta' || !isObject(event.delta)) return []
  if (isObject(event.delta.citation) && !entryOf(deltaFields, event.delta.type))
    return citationTexts(event.delta.citation, block)
  return deltaTexts(event.delta, block, frame.unsigned !== true)
}

export function anthropicCompletedBy(frame: SseFrame): string[] {
  const event = frameJson(frame)
  if (!event) return []
  const type = typeOf(frame, event)
  if (type === 'content_block_stop') return [`${blockOf(event)}/`]
  return type === 'message_stop' ? ['/'] : []
}

/** A message is complete with its stop reason; some servers give one in every event. */
export function anthropicMayBeCompletedBy(frame: SseFrame): string[] {
  const event = frameJson(frame)
  return event && typeOf(frame, event) === 'message_delta' ? ['/'] : []
}

/** Some clients go by the name of the event alone. */
export function typeOf({ event: name }: SseFrame, { type }: JsonObject): Json | undefined {
  return type ?? name
}

/** Clients that print what comes do not look at the index; some servers leave it out. */
export function indexOf({ index }: JsonObject): number {
  return Number(index ?? 0)
}

function blockOf(event: JsonObject): string {
  return pointer('/content', indexOf(event))
}

/** @param maySign a signature may follow the thinking. */
function deltaTexts(delta: JsonObject, block: string, maySign: boolean): FrameText[] {
  const known = entryOf(deltaFields, delta.type)
  const { type: _, signature: __, ...rest } = delta
  return deltaStrings(rest).map(({ path, text }) => {
    const field = path.slice(1)
    const whole = known?.piece === field ? `/${known.whole}` : path
    const kind = known?.piece === field ? known.kind : 'text'
    const signed = maySign && delta.type === 'thinking_delta' ? { fixed: 'signed' as const } : {}
    return { path: `/delta${path}`, channel: block + whole, text, kind, ...signed }
  })
}

/** Text and thinking of a block go on in its deltas; whatever else a block has when it begins is all of it. */
function blockTexts(content: JsonObject, block: string): FrameText[] {
  return anthropicResponseTexts({ content: [content] }).map((text) => {
    const rest = text.path.slice('/content/0'.length)
    const found = frameText(text, `/content_block${rest}`, block + rest)
    if (rest === '/thinking') return { ...found, fixed: 'signed' }
    return rest === '/text' ? found : { ...found, whole: true }
  })
}

function citationTexts(citation: JsonObject, block: string): FrameText[] {
  const collector = createTextCollector()
  collector.every(citation, '', { role: 'assistant', kind: 'text' })
  return collector.parts
    .filter(({ path }) => path !== '/type' && path !== '/encrypted_index')
    .map((text) => ({
      ...frameText(text, `/delta/citation${text.path}`, `${block}/citations${text.path}`),
      whole: true,
    }))
}

function frameText({ text, kind, tool }: TextPart, path: string, channel: string): FrameText {
  return { path, channel, text, kind, ...(tool === undefined ? {} : { tool }) }
}
