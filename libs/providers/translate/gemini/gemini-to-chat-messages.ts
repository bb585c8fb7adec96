import { isObject, type Json, type JsonObject, stringOf } from '../../json.ts'
import type { WritableJson } from '../../raw-json.ts'
import { pointer } from '../../text-part.ts'
import { mintedCallId, openaiCallId } from '../call-ids.ts'
import type { ChatTraits } from '../chat-models.ts'
import { checkFields, eachObject } from '../check-fields.ts'
import { type ChatPart, contentOf } from '../messages-to-chat-content.ts'
import type { ToolNames } from '../tool-names.ts'
import { UntranslatableError } from '../untranslatable-error.ts'
import { isMedia, mediaPart } from './gemini-media.ts'
import { signedCall, unsigned } from './signatures.ts'

type Context = {
  names: ToolNames
  server: 'openai' | 'compatible'
  traits: ChatTraits
  /** At the provider. */
  model: string | undefined
  ignored: string[]
}

type Call = { id: string; name: string }

/** The conversation, with the system instruction as its first message and each function's result as a message of its own. */
export function contentsToChatMessages(
  request: JsonObject,
  raw: Map<string, string>,
  context: Context,
): WritableJson[] {
  const { ignored, server } = context
  const messages: WritableJson[] = []
  const system = partsOf(request.systemInstruction).map(({ part, at }): ChatPart => {
    const path = `systemInstruction${at}`
    if (typeof part.text !== 'string') throw new UntranslatableError(path, 'only text can stand here')
    return { type: 'text', text: part.text }
  })
  if (system.length > 0)
    messages.push({ role: 'system', content: contentOf(system, server === 'compatible') })
  const pairs = createCallPairs()
  let last: unknown
  for (const [index, content] of contentsOf(request.contents).entries()) {
    const path = `contents[${index}]`
    const rawMember = (part: number, name: string, member: string) =>
      raw.get(pointer('/contents', index, 'parts', part, name, member)) ??
      raw.get(pointer('/contents', index, 'parts', part, snakeCased(name), member))
    checkFields(content, path, { translated: ['role', 'parts'] }, ignored)
    const { role } = content
    if (role === 'model') messages.push(...modelMessages(content, path, rawMember, pairs, context))
    else if (role === undefined || role === null || role === 'user' || role === 'function')
      messages.push(...userMessages(content, path, rawMember, pairs, context))
    else throw new UntranslatableError(`${path}.role`, 'it is none of user, model')
    last = role
  }
  if (last === 'model')
    throw new UntranslatableError(
      'contents',
      'the last one begins a response, which cannot be continued there',
    )
  return messages
}

type RawMember = (part: number, name: string, member: string) => string | undefined

/** Contents are a list, one of them, its parts, or a text. */
function contentsOf(contents: Json | undefined): JsonObject[] {
  if (typeof contents === 'string') return [{ parts: [{ text: contents }] }]
  if (isObject(contents)) return contents.parts === undefined ? [{ parts: [contents] }] : [contents]
  const list: JsonObject[] = []
  for (const [index, one] of (Array.isArray(contents) ? contents : []).entries()) {
    if (typeof one === 'string') list.push({ parts: [{ text: one }] })
    else if (!isObject(one)) throw new UntranslatableError(`contents[${index}]`, 'it is not an object')
    else list.push(one.parts === undefined && one.role === undefined ? { parts: [one] } : one)
  }
  return list
}

function partsOf(content: Json | undefined): { part: JsonObject; at: string; index: number }[] {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return [{ part: { text: content }, at: '', index: 0 }]
  if (!isObject(content)) throw new UntranslatableError('systemInstruction', 'it is not a content')
  const list = isObject(content.parts) ? [content.parts] : content.parts
  return [...eachObject(list, 'parts')].map(([index, part]) => ({ part, at: `.parts[${index}]`, index }))
}

function modelMessages(
  content: JsonObject,
  path: string,
  rawMember: RawMember,
  pairs: CallPairs,
  { names, server, traits, model, ignored }: Context,
): WritableJson[] {
  const texts: string[] = []
  const thoughts: string[] = []
  const calls: WritableJson[] = []
  pairs.forget()
  for (const { part, at, index } of partsOf(content)) {
    const signature = stringOf(part.thoughtSignature)
    const keepsSignature =
      isObject(part.functionCall) && server === 'compatible' && /gemini/.test(String(model))
    if (signature && signature !== unsigned && !keepsSignature) ignored.push(`${path}${at}.thoughtSignature`)
    if (typeof part.text === 'string') {
      if (part.thought !== true) texts.push(part.text)
      else if (traits.takesReasoning && server === 'compatible') thoughts.push(part.text)
      else ignored.push(`${path}${at}`)
    } else if (isObject(part.functionCall)) {
      const { functionCall } = part
      checkFields(functionCall, `${path}${at}.functionCall`, { translated: ['id', 'name', 'args'] }, ignored)
      const name = stringOf(functionCall.name) ?? ''
      const id = pairs.call(functionCall.id, name)
      const called = {
        name: names.toProvider(name),
        arguments: rawMember(index, 'functionCall', 'args') ?? '{}',
      }
      const extra_content = keepsSignature ? signedCall(signature || undefined) : undefined
      calls.push({
        id: server === 'openai' ? openaiCallId(id) : id,
        type: 'function',
        function: called,
        extra_content,
      })
    } else if (Object.keys(part).some((name) => name !== 'thoughtSignature' && name !== 'thought')) {
      throw new UntranslatableError(`${path}${at}`, 'only texts and calls can stand in a response there')
    }
  }
  if (texts.length === 0 && calls.length === 0) return []
  return [
    {
      role: 'assistant',
      content: texts.length === 0 ? null : texts.join(''),
      reasoning_content: thoughts.length === 0 ? undefined : thoughts.join('\n'),
      tool_calls: calls.length === 0 ? undefined : calls,
    },
  ]
}

function userMessages(
  content: JsonObject,
  path: string,
  rawMember: RawMember,
  pairs: CallPairs,
  { server, ignored }: Context,
): WritableJson[] {
  const results: WritableJson[] = []
  const parts: ChatPart[] = []
  for (const { part, at, index } of partsOf(content)) {
    const place = `${path}${at}`
    if (isObject(part.functionResponse)) {
      const { functionResponse: result } = part
      const known = {
        translated: ['id', 'name', 'response', 'parts'],
        ignored: ['willContinue', 'scheduling'],
      }
      checkFields(result, `${place}.functionResponse`, known, ignored)
      const id = pairs.result(result.id, stringOf(result.name) ?? '')
      const output = outputOf(result.response, rawMember(index, 'functionResponse', 'response'))
      results.push({
        role: 'tool',
        tool_call_id: server === 'openai' ? openaiCallId(id) : id,
        content: output,
      })
      for (const [at, one] of eachObject(result.parts, `${place}.functionResponse.parts`))
        parts.push(mediaPart(one, `${place}.functionResponse.parts[${at}]`))
    } else if (typeof part.text === 'string') parts.push({ type: 'text', text: part.text })
    else if (isMedia(part)) parts.push(mediaPart(part, place))
    else throw new UntranslatableError(place, 'a part of this kind has no equivalent there')
  }
  if (parts.length === 0) return results.length > 0 ? results : [{ role: 'user', content: '' }]
  return [...results, { role: 'user', content: contentOf(parts, server === 'compatible') }]
}

/** The text of a function's result: its output alone where it is nothing else, and the JSON of all of it otherwise. */
function outputOf(response: Json | undefined, raw: string | undefined): string {
  if (isObject(response) && Object.keys(response).length === 1) {
    const [only] = Object.keys(response)
    const value = response[only!]
    if ((only === 'output' || only === 'result') && typeof value === 'string') return value
  }
  return raw ?? JSON.stringify(response ?? {})
}

type CallPairs = {
  /** The id of a call, minted where it came without one. */
  call(id: Json | undefined, name: string): string
  /** The id of the call that a result belongs to: by its id, or the first open one of its name. */
  result(id: Json | undefined, name: string): string
  /** Further results belong to further calls. */
  forget(): void
}

/** Ids of calls, which Gemini's older models give none: there, results belong to calls by name and order. */
function createCallPairs(): CallPairs {
  let open: Call[] = []
  let count = 0
  const take = (matches: (call: Call) => boolean) => {
    const found = open.find(matches)
    open = open.filter((call) => call !== found)
    return found?.id
  }
  return {
    call(id, name) {
      const known = stringOf(id) || mintedCallId(name, count)
      count++
      open.push({ id: known, name })
      return known
    },
    result(id, name) {
      const ownId = stringOf(id) || undefined
      return (
        take((call) => call.id === ownId) ??
        take((call) => call.name === name) ??
        ownId ??
        mintedCallId(name, count)
      )
    },
    forget() {
      open = []
    },
  }
}

function snakeCased(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
