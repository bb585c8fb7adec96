import {
  collectContent,
  createTextCollector,
  type TextCollector,
  type TextContext,
} from '../../collect-texts.ts'
import { entryOf, isObject, type JsonObject, listOf, objectsOf, stringOf } from '../../json.ts'
import { pointer, type TextPart, type TextRole } from '../../text-part.ts'
import { collectRequestLabels } from '../openai/labels.ts'

const roles: Record<string, TextRole> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
}

/** Every string of a Responses request that a policy must see. */
export function responsesRequestTexts(body: unknown): TextPart[] {
  const collector = createTextCollector()
  if (!isObject(body)) return collector.parts
  collector.text(body.instructions, '/instructions', { role: 'system', kind: 'text' })
  collector.text(body.input, '/input', { role: 'user', kind: 'text' })
  collectResponsesItems(collector, body.input, '/input')
  for (const [index, tool] of objectsOf(body.tools)) {
    const context: TextContext = { role: 'system', kind: 'tool-definition', tool: stringOf(tool.name) }
    collector.schema(tool, pointer('/tools', index), context)
  }
  collector.schema(body.text, '/text', { role: 'system', kind: 'text' })
  if (isObject(body.prompt)) {
    collector.every(body.prompt.variables, '/prompt/variables', { role: 'user', kind: 'text' })
  }
  collectRequestLabels(collector, body)
  return collector.parts
}

/** Every string of a response that a policy must see. Some servers send all of the text once more, as SDKs do for their users. */
export function responsesResponseTexts(body: unknown): TextPart[] {
  const collector = createTextCollector()
  if (!isObject(body)) return collector.parts
  collectResponsesItems(collector, body.output, '/output')
  collector.text(body.output_text, '/output_text', { role: 'assistant', kind: 'text' })
  return collector.parts
}

/** Every string of a list of a response's items. */
export function responsesItemTexts(body: unknown): TextPart[] {
  const collector = createTextCollector()
  if (isObject(body)) collectResponsesItems(collector, body.data, '/data')
  return collector.parts
}

/** Strings of an item that are not language, or that must come back unchanged. */
const opaqueFields = new Set([
  'type',
  'id',
  'call_id',
  'item_id',
  'status',
  'role',
  'name',
  'phase',
  'encrypted_content',
  'caller',
  'container_id',
])

/** Every string of items of a request or response. */
export function collectResponsesItems(collector: TextCollector, items: unknown, path: string): void {
  const tools = new Map<string, string>()
  for (const [index, item] of listOf(items).entries()) {
    const at = pointer(path, index)
    if (!isObject(item)) {
      collector.text(item, at, { role: 'unknown', kind: 'text' })
      continue
    }
    const callId = stringOf(item.call_id)
    const tool = stringOf(item.name) ?? (callId === undefined ? undefined : tools.get(callId))
    if (callId !== undefined && tool !== undefined) tools.set(callId, tool)
    for (const [field, value] of Object.entries(item)) {
      if (opaqueFields.has(field)) continue
      const context = contextOf(item, field, tool)
      if (field === 'content' || field === 'output' || field === 'summary') {
        collectContent(collector, value, pointer(at, field), context)
      } else if (typeof value === 'string') collector.text(value, pointer(at, field), context)
      else collector.every(value, pointer(at, field), context)
    }
  }
}

function contextOf(item: JsonObject, field: string, tool: string | undefined): TextContext {
  const type = stringOf(item.type) ?? 'message'
  if (type === 'message') return { role: entryOf(roles, item.role) ?? 'unknown', kind: 'text' }
  if (type === 'reasoning') return { role: 'assistant', kind: 'text' }
  if (type.endsWith('_output') || field === 'output' || field === 'outputs' || field === 'results') {
    return { role: 'tool', kind: 'tool-result', tool }
  }
  return { role: 'assistant', kind: 'tool-arguments', tool: tool ?? type }
}
