import { canonicalArguments, canonicalJson } from '../../conversation/canonical-json.ts'
import { createContentReader, readContent } from '../../conversation/read-content.ts'
import type { Turn } from '../../conversation/turn.ts'
import { entryOf, isObject, type Json, type JsonObject, listOf, stringOf } from '../../json.ts'

const roles: Record<string, Turn['role']> = {
  system: 'system',
  developer: 'system',
  assistant: 'assistant',
}

/** Turns of a Responses request. */
export function responsesTurns({ instructions, input }: JsonObject): Turn[] {
  const turns: Turn[] = []
  if (typeof instructions === 'string' && instructions !== '')
    turns.push({ kind: 'message', role: 'system', content: instructions })
  if (typeof input === 'string' && input !== '') turns.push({ kind: 'message', role: 'user', content: input })
  return [...turns, ...itemTurns(input)]
}

/** Turns of a list of items: of a request's `input` or a response's `output`. */
export function itemTurns(items: Json | undefined): Turn[] {
  const tools = new Map<string, string>()
  return listOf(items).flatMap((item) => (isObject(item) ? turnsOf(item, tools) : []))
}

function turnsOf(item: JsonObject, tools: Map<string, string>): Turn[] {
  const type = stringOf(item.type) ?? 'message'
  if (type === 'message') {
    const content = readContent(item.content)
    const role = entryOf(roles, item.role) ?? 'user'
    return content === undefined ? [] : [{ kind: 'message', role, content }]
  }
  if (type === 'reasoning') {
    const content = readReasoning(item)
    return content === undefined ? [] : [{ kind: 'reasoning', role: 'assistant', content }]
  }
  if (type === 'item_reference') return []
  const callId = stringOf(item.call_id) ?? stringOf(item.id)
  const of = {
    ...(callId !== undefined && { callId }),
  }
  if (type.endsWith('_output')) {
    const name = callId === undefined ? undefined : tools.get(callId)
    return [{ kind: 'tool-result', role: 'tool', content: readResult(item.output), ...named(name), ...of }]
  }
  const name = stringOf(item.name) ?? type
  if (callId !== undefined) tools.set(callId, name)
  const turns: Turn[] = [{ kind: 'tool-call', role: 'assistant', content: readCall(item), name, ...of }]
  // Calls that the provider itself carries out have their result in the same item.
  const result = item.output ?? item.outputs ?? item.results ?? item.result
  if (result !== undefined && result !== null)
    turns.push({ kind: 'tool-result', role: 'tool', content: readResult(result), name, ...of })
  return turns
}

function named(name: string | undefined): { name?: string } {
  return name === undefined ? {} : { name }
}

function readReasoning({ summary, content }: JsonObject): string | undefined {
  const reader = createContentReader()
  for (const part of [...listOf(content), ...listOf(summary)]) reader.add(part)
  return reader.content()
}

function readCall({ arguments: written, input, action, code, queries }: JsonObject): string {
  return canonicalArguments(written ?? input ?? action ?? code ?? queries)
}

function readResult(result: Json | undefined): string {
  return isObject(result) ? canonicalJson(result) : (readContent(result) ?? '')
}
