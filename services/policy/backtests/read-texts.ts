import {
  answeredTools,
  askedTools,
  type FormatId,
  formatIds,
  formats,
  type JsonObject,
  type TextPart,
  type Tools,
  type WireFormat,
} from '@airs-cp/providers'
import { readWholeStream } from './read-whole-stream.ts'

const known: ReadonlySet<string> = new Set(formatIds)

/** One side of an exchange, exactly as the ingress reads it. */
export type ReadSide = { json: unknown; texts: TextPart[]; tools: () => Tools }

const nothing: ReadSide = { json: undefined, texts: [], tools: () => ({ offered: [], calls: [] }) }

/** A request as policy sees it. @throws when the body cannot be read. */
export function readRequest(format: string | undefined, body: string): ReadSide {
  const wire = formatOf(format)
  if (!wire || body === '') return nothing
  const json: unknown = JSON.parse(body)
  return { json, texts: wire.requestTexts(json), tools: () => askedTools(wire.id, json) }
}

/** An answer as policy sees it, a stream put together. @throws when the body cannot be read. */
export function readAnswer(format: string | undefined, body: string): ReadSide {
  const text = body.trimStart()
  const wire = answeredFormat(formatOf(format), text)
  if (!wire || text === '') return nothing
  const json = text.startsWith('{') ? (JSON.parse(text) as JsonObject) : assemble(wire, text)
  return json ? { json, texts: wire.responseTexts(json), tools: () => answeredTools(wire.id, json) } : nothing
}

function assemble(wire: WireFormat, text: string): JsonObject | undefined {
  const assembler = wire.createAssembler()
  for (const frame of readWholeStream(text)) assembler.push(frame)
  return assembler.result()
}

function formatOf(id: string | undefined): WireFormat | undefined {
  return id !== undefined && known.has(id) ? formats[id as FormatId] : undefined
}

/** An answer that is here only as the provider sent it, before its translation, is in the provider's format. */
function answeredFormat(client: WireFormat | undefined, text: string): WireFormat | undefined {
  const head = text.slice(0, 4_096)
  if (client?.id === 'openai.chat' && /^(event: message_start|\{[^{]*"type"\s*:\s*"message")/.test(head))
    return formats['anthropic.messages']
  if (client?.id === 'anthropic.messages' && /"object"\s*:\s*"chat\.completion/.test(head))
    return formats['openai.chat']
  return client
}
