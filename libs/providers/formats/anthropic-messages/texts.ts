import {
  collectContent,
  createTextCollector,
  type TextCollector,
  type TextContext,
} from '../../collect-texts.ts'
import { entryOf, isObject, type JsonObject, listOf, objectsOf, stringOf } from '../../json.ts'
import { pointer, type TextPart, type TextRole } from '../../text-part.ts'

const roles: Record<string, TextRole> = { user: 'user', assistant: 'assistant', system: 'system' }

/** Every string of a Messages or count_tokens request that a policy must see. */
export function anthropicRequestTexts(body: unknown): TextPart[] {
  const collector = createTextCollector()
  if (!isObject(body)) return collector.parts
  collectContent(collector, body.system, '/system', { role: 'system', kind: 'text' })
  const tools = new Map<string, string>()
  for (const [index, message] of objectsOf(body.messages)) {
    const role = entryOf(roles, message.role) ?? 'unknown'
    collectBlocks(collector, message.content, pointer('/messages', index, 'content'), role, tools)
  }
  for (const [index, tool] of objectsOf(body.tools)) {
    const path = pointer('/tools', index)
    const context: TextContext = { role: 'system', kind: 'tool-definition', tool: stringOf(tool.name) }
    collector.schema(tool, path, context)
    collector.every(tool.input_examples, `${path}/input_examples`, context)
  }
  if (isObject(body.output_config)) {
    collector.schema(body.output_config, '/output_config', { role: 'system', kind: 'text' })
  }
  collector.every(body.metadata, '/metadata', { role: 'unknown', kind: 'text' })
  return collector.parts
}

/** Every string of a response that a policy must see. */
export function anthropicResponseTexts(body: unknown): TextPart[] {
  const collector = createTextCollector()
  if (isObject(body)) collectBlocks(collector, body.content, '/content', 'assistant', new Map())
  return collector.parts
}

/** Strings of a block that are not language, or that must come back unchanged. */
const opaqueFields = new Set(['type', 'id', 'tool_use_id', 'signature', 'cache_control', 'caller'])

function collectBlocks(
  collector: TextCollector,
  content: unknown,
  path: string,
  role: TextRole,
  tools: Map<string, string>,
): void {
  if (typeof content === 'string') collector.text(content, path, { role, kind: 'text' })
  for (const [index, block] of listOf(content).entries()) {
    const at = pointer(path, index)
    if (!isObject(block)) collector.text(block, at, { role, kind: 'text' })
    else if (block.type === 'text') {
      collector.text(block.text, `${at}/text`, { role, kind: 'text' })
      for (const [place, citation] of objectsOf(block.citations)) {
        const { type: _, encrypted_index: __, ...cited } = citation
        collector.every(cited, pointer(at, 'citations', place), { role, kind: 'text' })
      }
    } else if (block.type === 'thinking') {
      collector.text(block.thinking, `${at}/thinking`, { role, kind: 'text' })
    } else if (block.type === 'tool_use' || block.type === 'server_tool_use') {
      const tool = stringOf(block.name)
      if (typeof block.id === 'string' && tool !== undefined) tools.set(block.id, tool)
      collector.every(block.input, `${at}/input`, { role, kind: 'tool-arguments', tool })
    } else if (block.type !== 'redacted_thinking') collectOther(collector, block, at, role, tools)
  }
}

/** Tool results of every kind, documents, search results, and blocks of kinds to come. */
function collectOther(
  collector: TextCollector,
  block: JsonObject,
  path: string,
  role: TextRole,
  tools: Map<string, string>,
): void {
  const toolUseId = stringOf(block.tool_use_id)
  const context: TextContext =
    toolUseId === undefined
      ? { role, kind: 'text' }
      : { role: 'tool', kind: 'tool-result', tool: tools.get(toolUseId) }
  for (const [field, value] of Object.entries(block)) {
    if (opaqueFields.has(field)) continue
    if (field === 'content') collectContent(collector, value, `${path}/content`, context)
    else if (field === 'source' && isObject(value) && value.type === 'text') {
      collector.text(value.data, `${path}/source/data`, context)
    } else collector.every(value, pointer(path, field), context)
  }
}
