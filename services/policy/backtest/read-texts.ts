import {
  type FormatId,
  formatIds,
  formats,
  type JsonObject,
  type TextPart,
  type WireFormat,
} from '@airs-cp/providers'
import { readWholeStream } from './read-whole-stream.ts'

const known: ReadonlySet<string> = new Set(formatIds)

/** The texts of a request that policy sees, exactly as the ingress finds them. @throws when the body cannot be read. */
export function requestTexts(format: string | undefined, body: string): TextPart[] {
  const wire = formatOf(format)
  return wire && body !== '' ? wire.requestTexts(JSON.parse(body)) : []
}

/** The texts of an answer, a stream put together. @throws when the body cannot be read. */
export function answerTexts(format: string | undefined, body: string): TextPart[] {
  const text = body.trimStart()
  const wire = answeredFormat(formatOf(format), text)
  if (!wire || text === '') return []
  const answer = text.startsWith('{') ? (JSON.parse(text) as JsonObject) : assemble(wire, text)
  return answer ? wire.responseTexts(answer) : []
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
