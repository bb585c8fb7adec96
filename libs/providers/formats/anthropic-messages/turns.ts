import { canonicalJson } from '../../conversation/canonical-json.ts'
import { createContentReader, readContent } from '../../conversation/read-content.ts'
import type { Turn } from '../../conversation/turn.ts'
import { isObject, type Json, type JsonObject, listOf, objectsOf, stringOf } from '../../json.ts'

/** Turns of a Messages request. */
export function anthropicTurns({ system, messages }: JsonObject): Turn[] {
  const instructions = readContent(system)
  const tools = new Map<string, string>()
  return [
    ...(instructions === undefined
      ? []
      : [{ kind: 'message', role: 'system', content: instructions } as const]),
    ...[...objectsOf(messages)].flatMap(([, { role, content }]) =>
      blockTurns(content, role === 'assistant' ? 'assistant' : role === 'system' ? 'system' : 'user', tools),
    ),
  ]
}

/** Turns of the blocks of one message: what it says, then its calls and results. */
export function blockTurns(
  content: Json | undefined,
  role: Turn['role'],
  tools: Map<string, string> = new Map(),
): Turn[] {
  const spoken = createContentReader()
  const reasoning: Turn[] = []
  const turns: Turn[] = []
  if (typeof content === 'string') spoken.add(content)
  for (const block of listOf(content)) {
    if (!isObject(block)) spoken.add(block)
    else if (block.type === 'thinking') {
      if (typeof block.thinking === 'string' && block.thinking !== '')
        reasoning.push({ kind: 'reasoning', role, content: block.thinking })
    } else if (typeof block.tool_use_id === 'string') turns.push(resultTurn(block, block.tool_use_id, tools))
    else if (String(block.type).endsWith('tool_use')) turns.push(callTurn(block, tools))
    else if (block.type !== 'redacted_thinking') spoken.add(block)
  }
  const text = spoken.content()
  return [
    ...reasoning,
    ...(text === undefined ? [] : [{ kind: 'message', role, content: text } as const]),
    ...turns,
  ]
}

function callTurn({ id, name, input }: JsonObject, tools: Map<string, string>): Turn {
  const [callId, tool] = [stringOf(id), stringOf(name)]
  if (callId !== undefined && tool !== undefined) tools.set(callId, tool)
  return {
    kind: 'tool-call',
    role: 'assistant',
    content: canonicalJson(input ?? {}),
    ...(tool !== undefined && { name: tool }),
    ...(callId !== undefined && { callId }),
  }
}

function resultTurn({ content }: JsonObject, callId: string, tools: Map<string, string>): Turn {
  const name = tools.get(callId)
  return {
    kind: 'tool-result',
    role: 'tool',
    content: isObject(content) ? canonicalJson(content) : (readContent(content) ?? ''),
    ...(name !== undefined && { name }),
    callId,
  }
}
