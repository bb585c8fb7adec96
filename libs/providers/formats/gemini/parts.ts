import type { TextCollector, TextContext } from '../../collect-texts.ts'
import { canonicalJson } from '../../conversation/canonical-json.ts'
import { createContentReader } from '../../conversation/read-content.ts'
import { type CalledTool, calledTool, type OfferedTool, offered } from '../../conversation/tools.ts'
import type { Turn } from '../../conversation/turn.ts'
import { isObject, type Json, type JsonObject, listOf, objectsOf, stringOf } from '../../json.ts'
import { pointer } from '../../text-part.ts'

/** A member under its name in JSON or in the protocol's definition: Google's servers take either. */
export function member(object: JsonObject, camel: string): { name: string; value: Json | undefined } {
  if (object[camel] !== undefined) return { name: camel, value: object[camel] }
  const snake = camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return object[snake] === undefined
    ? { name: camel, value: undefined }
    : { name: snake, value: object[snake] }
}

export function memberOf(object: JsonObject, camel: string): Json | undefined {
  return member(object, camel).value
}

/** Takes the texts of a content (`{role, parts}`), of parts, or of a text that stands for them. */
export function collectGeminiContent(
  collector: TextCollector,
  content: Json | undefined,
  path: string,
  context: TextContext,
): void {
  if (typeof content === 'string') collector.text(content, path, context)
  else if (Array.isArray(content))
    for (const [index, one] of content.entries())
      collectGeminiContent(collector, one, pointer(path, index), context)
  else if (isObject(content) && content.parts === undefined) collectPart(collector, content, path, context)
  else if (isObject(content)) collectParts(collector, content, path, context)
}

function collectParts(
  collector: TextCollector,
  content: JsonObject,
  path: string,
  context: TextContext,
): void {
  const { role } = content
  const own: TextContext = role === 'model' ? { ...context, role: 'assistant' } : context
  const parts = Array.isArray(content.parts) ? content.parts : [content.parts]
  for (const [index, part] of parts.entries()) {
    const at = Array.isArray(content.parts) ? pointer(path, 'parts', index) : pointer(path, 'parts')
    if (isObject(part)) collectPart(collector, part, at, own)
    else collector.text(part, at, own)
  }
}

function collectPart(collector: TextCollector, part: JsonObject, path: string, context: TextContext): void {
  collector.text(part.text, pointer(path, 'text'), context)
  const call = member(part, 'functionCall')
  if (isObject(call.value))
    collector.every(call.value.args, pointer(path, call.name, 'args'), {
      ...{ role: 'assistant', kind: 'tool-arguments', tool: stringOf(call.value.name) },
    })
  const result = member(part, 'functionResponse')
  if (isObject(result.value))
    collector.every(result.value.response, pointer(path, result.name, 'response'), {
      ...{ role: 'tool', kind: 'tool-result', tool: stringOf(result.value.name) },
    })
  const code = member(part, 'executableCode')
  if (isObject(code.value)) collector.text(code.value.code, pointer(path, code.name, 'code'), context)
  const ran = member(part, 'codeExecutionResult')
  if (isObject(ran.value))
    collector.text(ran.value.output, pointer(path, ran.name, 'output'), { role: 'tool', kind: 'tool-result' })
}

/** Calls among the parts of contents; code that Google runs is one of its tool. */
export function geminiCalls(contents: Json | undefined, path: string): CalledTool[] {
  return listOf(contents).flatMap((content, index) =>
    isObject(content) ? partCalls(content.parts, pointer(path, index, 'parts')) : [],
  )
}

export function partCalls(parts: Json | undefined, path: string): CalledTool[] {
  return [...objectsOf(parts)].flatMap(([index, part]) => {
    const call = member(part, 'functionCall')
    const code = member(part, 'executableCode')
    const calls: CalledTool[] = []
    if (isObject(code.value))
      calls.push(calledTool(pointer(path, index, code.name), 'codeExecution', code.value, ['code_execution']))
    if (isObject(call.value))
      calls.push(calledTool(pointer(path, index, call.name, 'args'), call.value.name, call.value.args))
    return calls
  })
}

/** Functions that a model may call, and Google's own tools under their names. */
export function geminiOffered(tools: Json | undefined): OfferedTool[] {
  return [...objectsOf(tools)].flatMap(([index, tool]) =>
    Object.entries(tool).flatMap(([name, value]) => {
      const path = pointer('/tools', index, name)
      if (name !== 'functionDeclarations' && name !== 'function_declarations') return [offered(path, [name])]
      return [...objectsOf(value)].map(([at, declared]) =>
        offered(pointer(path, at), [stringOf(declared.name) ?? '']),
      )
    }),
  )
}

/** Turns of contents; each of their parts in order, texts of one content together. */
export function geminiTurns(contents: Json | undefined, role?: Turn['role']): Turn[] {
  if (typeof contents === 'string')
    return contents === '' ? [] : [{ kind: 'message', role: role ?? 'user', content: contents }]
  const list = Array.isArray(contents) ? contents : [contents]
  return list.flatMap((content) => (isObject(content) ? contentTurns(content, role) : []))
}

function contentTurns(content: JsonObject, given?: Turn['role']): Turn[] {
  const role = given ?? (content.role === 'model' ? 'assistant' : 'user')
  const spoken = createContentReader()
  const thoughts = createContentReader()
  const turns: Turn[] = []
  for (const part of Array.isArray(content.parts) ? content.parts : [content.parts]) {
    if (!isObject(part)) {
      spoken.add(part)
      continue
    }
    const call = memberOf(part, 'functionCall')
    const result = memberOf(part, 'functionResponse')
    if (isObject(call)) turns.push(toolTurn('tool-call', call, call.args))
    else if (isObject(result)) turns.push(toolTurn('tool-result', result, result.response))
    else if (part.thought === true) thoughts.add(stringOf(part.text) ?? '')
    else if (typeof part.text === 'string') spoken.add(part.text)
    else if (Object.keys(part).some((name) => name !== 'thoughtSignature')) spoken.add(part)
  }
  const [thought, text] = [thoughts.content(), spoken.content()]
  return [
    ...(thought === undefined ? [] : [{ kind: 'reasoning', role, content: thought } as const]),
    ...(text === undefined ? [] : [{ kind: 'message', role, content: text } as const]),
    ...turns,
  ]
}

function toolTurn(
  kind: 'tool-call' | 'tool-result',
  { name, id }: JsonObject,
  content: Json | undefined,
): Turn {
  const [tool, callId] = [stringOf(name), stringOf(id)]
  return {
    kind,
    role: kind === 'tool-call' ? 'assistant' : 'tool',
    content: canonicalJson(content ?? {}),
    ...(tool !== undefined && { name: tool }),
    ...(callId !== undefined && { callId }),
  }
}
