import { canonicalArguments, canonicalJson } from '../../conversation/canonical-json.ts'
import { createContentReader, readContent } from '../../conversation/read-content.ts'
import type { Turn } from '../../conversation/turn.ts'
import { entryOf, isObject, type JsonObject, objectsOf, stringOf } from '../../json.ts'

const roles: Record<string, Turn['role']> = {
  system: 'system',
  developer: 'system',
  assistant: 'assistant',
}

/** Turns of `messages` as OpenAI's chat has them. */
export function chatTurns(messages: Iterable<JsonObject>): Turn[] {
  const turns: Turn[] = []
  const tools = new Map<string, string>()
  /** The function-calling of old has no ids: a result belongs to the last call of its name. */
  const lastCalls = new Map<string, string>()
  for (const message of messages) {
    const role = stringOf(message.role) ?? ''
    if (role === 'tool' || role === 'function') {
      const name = stringOf(message.name)
      const callId = stringOf(message.tool_call_id) ?? (name === undefined ? undefined : lastCalls.get(name))
      const tool = name ?? (callId === undefined ? undefined : tools.get(callId))
      turns.push({
        kind: 'tool-result',
        role: 'tool',
        content: readContent(message.content) ?? '',
        ...(tool !== undefined && { name: tool }),
        ...(callId !== undefined && { callId }),
      })
      continue
    }
    const found = messageTurns(message, entryOf(roles, role) ?? 'user')
    for (const { kind, name, callId } of found) {
      if (kind !== 'tool-call' || name === undefined || callId === undefined) continue
      tools.set(callId, name)
      lastCalls.set(name, callId)
    }
    turns.push(...found)
  }
  return turns
}

/** Turns of a response's choices, of the chat and of the older completions alike. */
export function choiceTurns(choices: unknown): Turn[] {
  const turns: Turn[] = []
  for (const [, { message, text }] of objectsOf(choices)) {
    if (isObject(message)) turns.push(...messageTurns(message, 'assistant'))
    else if (typeof text === 'string' && text !== '')
      turns.push({ kind: 'message', role: 'assistant', content: text })
  }
  return turns
}

function messageTurns(message: JsonObject, role: Turn['role']): Turn[] {
  const turns: Turn[] = []
  const reasoning = stringOf(message.reasoning_content) ?? stringOf(message.reasoning)
  if (reasoning) turns.push({ kind: 'reasoning', role, content: reasoning })
  const content = messageContent(message)
  if (content !== undefined) turns.push({ kind: 'message', role, content })
  for (const [, call] of objectsOf(message.tool_calls)) {
    const called = isObject(call.function) ? call.function : isObject(call.custom) ? call.custom : undefined
    if (!called) continue
    turns.push(
      callTurn(
        stringOf(call.id),
        stringOf(called.name),
        canonicalArguments(called.arguments ?? called.input),
      ),
    )
  }
  if (isObject(message.function_call)) {
    const { name, arguments: found } = message.function_call
    const content = canonicalArguments(found)
    turns.push(callTurn(`function ${stringOf(name)} ${content}`, stringOf(name), content))
  }
  return turns
}

function messageContent({ content, refusal, audio }: JsonObject): string | undefined {
  const reader = createContentReader()
  if (typeof content === 'string') reader.add(content)
  else for (const [, part] of objectsOf(content)) reader.add(part)
  if (typeof refusal === 'string') reader.add(refusal)
  // A client repeats spoken words by their id alone.
  if (isObject(audio) && audio.id !== undefined) reader.add({ audio: canonicalJson(audio.id) })
  return reader.content()
}

function callTurn(callId: string | undefined, name: string | undefined, content: string): Turn {
  return {
    kind: 'tool-call',
    role: 'assistant',
    content,
    ...(name !== undefined && { name }),
    ...(callId !== undefined && { callId }),
  }
}
