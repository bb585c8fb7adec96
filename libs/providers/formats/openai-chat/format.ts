import { collectContent, createTextCollector, type TextContext } from '../../collect-texts.ts'
import { entryOf, isObject, type JsonObject, objectsOf, stringOf } from '../../json.ts'
import { indexPlaces } from '../../read-texts.ts'
import { frameJson, isDone, mayHave, type SseFrame } from '../../sse.ts'
import { type FrameText, pointer, type TextPart, type TextRole } from '../../text-part.ts'
import type { WireFormat } from '../../wire-format.ts'
import { openaiErrorBody, openaiErrorFrames } from '../openai/error.ts'
import { collectRequestLabels } from '../openai/labels.ts'
import { openaiFields, openaiOpaque } from '../openai/opaque.ts'
import { openaiUsage } from '../openai/usage.ts'
import { withoutEchoes } from '../openai/without-echoes.ts'
import { checkMessages, readModelRequest } from '../read-request.ts'
import { createChatAssembler } from './assembler.ts'
import { createChatFollower } from './follower.ts'
import { chatStrings } from './strings.ts'
import { chatReportedCalls, chatRequestTools, chatResponseTools } from './tools.ts'
import { chatTurns, choiceTurns } from './turns.ts'

/** OpenAI chat completions: `POST /v1/chat/completions`. */
export const openaiChat: WireFormat = {
  id: 'openai.chat',
  routes: ['POST /v1/chat/completions'],
  apis: ['openai'],
  translatedPath: () => '/chat/completions',
  hasDeploymentRoute: true,
  operationName: 'chat',
  generatesText: true,
  streamsText: true,
  isRepeatable: true,
  listsModels: false,
  readRequest: (body) => readModelRequest(body, ({ messages }) => checkMessages(messages)),
  requestTexts,
  responseTexts,
  opaqueAt: indexPlaces([
    ...openaiOpaque,
    { path: '/messages/*/content/*/image_url/url', kind: 'image', holds: 'url' },
    { path: '/messages/*/content/*/image_url', kind: 'image', holds: 'url' },
    { path: '/messages/*/content/*/input_audio/data', kind: 'audio', holds: 'base64' },
    { path: '/messages/*/content/*/file/file_data', kind: 'file', holds: 'base64' },
    { path: '/messages/*/content/*/video_url/url', kind: 'video', holds: 'url' },
    { path: '/messages/*/audio/id', kind: 'stored-audio', holds: 'reference' },
    { path: '/choices/*/message/audio/data', kind: 'audio', holds: 'base64' },
    { path: '/choices/*/message/images/*/image_url/url', kind: 'image', holds: 'url' },
    { path: '/choices/*/message/reasoning_details/*/data', kind: 'encrypted', holds: 'sealed' },
    { path: '/messages/*/reasoning_details/*/data', kind: 'encrypted', holds: 'sealed' },
  ]),
  fields: openaiFields,
  isJsonText: (path) => path.endsWith('/arguments'),
  requestTools: chatRequestTools,
  responseTools: chatResponseTools,
  reportedCalls: chatReportedCalls,
  requestTurns: ({ messages }) => ({
    turns: chatTurns([...objectsOf(messages)].map(([, message]) => message)),
  }),
  isResponse: hasChatChoices,
  responseTurns: ({ choices }) => choiceTurns(choices),
  frameTexts,
  completedBy: doneWith,
  mayBeCompletedBy: finishedChoices,
  opaqueInFrames: indexPlaces([
    ...openaiOpaque,
    { path: '/choices/*/delta/audio/data', kind: 'audio', holds: 'base64' },
    { path: '/choices/*/delta/images/*/image_url/url', kind: 'image', holds: 'url' },
    { path: '/choices/*/message/images/*/image_url/url', kind: 'image', holds: 'url' },
    { path: '/choices/*/delta/reasoning_details/*/data', kind: 'encrypted', holds: 'sealed' },
    { path: '/choices/*/message/reasoning_details/*/data', kind: 'encrypted', holds: 'sealed' },
  ]),
  signedBy: chatSignedBy,
  repeatsTexts: false,
  withoutEchoes,
  usage: openaiUsage,
  finishReasons: choiceFinishReasons,
  errorBody: openaiErrorBody,
  errorFrames: openaiErrorFrames,
  isTerminator: isDone,
  createFollower: createChatFollower,
  createAssembler: createChatAssembler,
}

/** Choices of a completion have their text in themselves. */
function hasChatChoices({ choices, object }: JsonObject): boolean {
  if (!Array.isArray(choices)) return false
  for (const [, choice] of objectsOf(choices)) return !('text' in choice)
  return object !== 'text_completion'
}

const roles: Record<string, TextRole> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
}

function requestTexts(body: unknown): TextPart[] {
  const collector = createTextCollector()
  if (!isObject(body)) return collector.parts
  const toolOfCall = new Map<string, string>()
  for (const [index, message] of objectsOf(body.messages)) {
    const path = pointer('/messages', index)
    const role = entryOf(roles, message.role) ?? 'unknown'
    const context: TextContext = { role, kind: 'text' }
    if (role === 'tool') {
      context.kind = 'tool-result'
      context.tool = toolOfCall.get(stringOf(message.tool_call_id) ?? '') ?? stringOf(message.name)
    } else collector.text(message.name, `${path}/name`, context)
    collectContent(collector, message.content, `${path}/content`, context)
    collector.text(message.refusal, `${path}/refusal`, context)
    collector.text(message.reasoning_content, `${path}/reasoning_content`, context)
    if (message.tool_calls === undefined && message.function_call === undefined) continue
    for (const call of toolCallsOf(message)) {
      if (call.id !== undefined && call.tool !== undefined) toolOfCall.set(call.id, call.tool)
      collector.text(call.text, path + call.path, { role, kind: 'tool-arguments', tool: call.tool })
    }
  }
  for (const [index, tool] of objectsOf(body.tools)) {
    const name = [tool.function, tool.custom].map((it) => (isObject(it) ? stringOf(it.name) : undefined))
    collector.schema(tool, pointer('/tools', index), {
      role: 'system',
      kind: 'tool-definition',
      tool: name[0] ?? name[1],
    })
  }
  for (const [index, definition] of objectsOf(body.functions)) {
    const tool = stringOf(definition.name)
    collector.schema(definition, pointer('/functions', index), {
      role: 'system',
      kind: 'tool-definition',
      tool,
    })
  }
  collector.schema(body.response_format, '/response_format', { role: 'system', kind: 'text' })
  if (isObject(body.prediction)) {
    collectContent(collector, body.prediction.content, '/prediction/content', {
      role: 'assistant',
      kind: 'text',
    })
  }
  collectRequestLabels(collector, body)
  return collector.parts
}

function responseTexts(body: unknown): TextPart[] {
  const collector = createTextCollector()
  if (!isObject(body)) return collector.parts
  for (const [index, choice] of objectsOf(body.choices)) {
    if (!isObject(choice.message)) continue
    const path = pointer('/choices', index, 'message')
    const context: TextContext = { role: 'assistant', kind: 'text' }
    collectContent(collector, choice.message.content, `${path}/content`, context)
    const { content: _, ...beside } = choice.message
    for (const { path: at, text } of chatStrings(beside, path, path)) collector.text(text, at, context)
    for (const call of toolCallsOf(choice.message)) {
      collector.text(call.text, path + call.path, {
        role: 'assistant',
        kind: 'tool-arguments',
        tool: call.tool,
      })
    }
  }
  return collector.parts
}

function frameTexts(frame: SseFrame): FrameText[] {
  const texts: FrameText[] = []
  const choices = frameJson(frame)?.choices
  if (!Array.isArray(choices)) return texts
  for (let position = 0; position < choices.length; position++) {
    const choice = choices[position]
    if (!isObject(choice)) continue
    const path = `/choices/${position}`
    const whole = `/choices/${typeof choice.index === 'number' ? choice.index : position}/message`
    if (typeof choice.text === 'string' && choice.text !== '') {
      const channel = `${whole.slice(0, -'/message'.length)}/text`
      texts.push({ path: `${path}/text`, channel, text: choice.text, kind: 'text' })
    }
    if (isObject(choice.delta)) addMessageTexts(texts, choice.delta, `${path}/delta`, whole)
    if (!isObject(choice.message)) continue
    // Some servers send pieces in messages; others the whole message once more, beside a delta.
    if (!isObject(choice.delta)) {
      addMessageTexts(texts, choice.message, `${path}/message`, whole)
      continue
    }
    const repeated: FrameText[] = []
    addMessageTexts(repeated, choice.message, `${path}/message`, whole)
    for (const text of repeated) texts.push({ ...text, whole: true })
  }
  return texts
}

function addMessageTexts(texts: FrameText[], message: JsonObject, path: string, channel: string): void {
  texts.push(...chatStrings(message, path, channel))
  if (message.tool_calls === undefined && message.function_call === undefined) return
  for (const call of toolCallsOf(message)) {
    if (call.text === undefined || call.text === '') continue
    const { text, tool } = call
    const place = { path: path + call.path, channel: channel + call.wholePath, text }
    texts.push({ ...place, kind: 'tool-arguments', ...(tool === undefined ? {} : { tool }) })
  }
}

type ToolCall = {
  id: string | undefined
  tool: string | undefined
  text: string | undefined
  /** Pointer to the arguments within the message or delta. */
  path: string
  /** The same within the assembled message, where a call stands at its `index`. */
  wholePath: string
}

/** Calls of functions, of custom tools, and of the function-calling of old. */
function* toolCallsOf(message: { [key: string]: unknown }): Generator<ToolCall> {
  for (const [position, call] of objectsOf(message.tool_calls)) {
    const index = typeof call.index === 'number' ? call.index : position
    const id = stringOf(call.id)
    for (const [kind, field] of [
      ['function', 'arguments'],
      ['custom', 'input'],
    ] as const) {
      const called = call[kind]
      if (!isObject(called)) continue
      const path = pointer('/tool_calls', position, kind, field)
      const wholePath = pointer('/tool_calls', index, kind, field)
      yield { id, tool: stringOf(called.name), text: stringOf(called[field]), path, wholePath }
    }
  }
  if (isObject(message.function_call)) {
    const { name, arguments: text } = message.function_call
    const path = '/function_call/arguments'
    yield { id: undefined, tool: stringOf(name), text: stringOf(text), path, wholePath: path }
  }
}

/** Calls of Gemini have a signature beside them. */
function chatSignedBy(frame: SseFrame): string[] {
  if (!mayHave(frame.data, 'thought_signature')) return []
  return [...objectsOf(frameJson(frame)?.choices)].flatMap(([position, { index, delta }]) => {
    const message = pointer('/choices', typeof index === 'number' ? index : position, 'message')
    return [...objectsOf(isObject(delta) ? delta.tool_calls : undefined)]
      .filter(([, call]) => isObject(call.extra_content))
      .map(
        ([place, call]) =>
          `${pointer(message, 'tool_calls', typeof call.index === 'number' ? call.index : place)}/`,
      )
  })
}

/** All is complete with the end. */
export function doneWith(frame: SseFrame): string[] {
  return isDone(frame) ? ['/'] : []
}

/** A choice is complete with its finish reason; some servers give one in every chunk. */
export function finishedChoices(frame: SseFrame): string[] {
  if (!mayHave(frame.data, 'finish_reason')) return []
  return [...objectsOf(frameJson(frame)?.choices)].flatMap(([position, { index, finish_reason }]) =>
    typeof finish_reason === 'string' && finish_reason !== ''
      ? [`/choices/${typeof index === 'number' ? index : position}/`]
      : [],
  )
}

export function choiceFinishReasons(body: unknown): string[] {
  if (!isObject(body)) return []
  const reasons: string[] = []
  for (const [, choice] of objectsOf(body.choices)) {
    if (typeof choice.finish_reason === 'string') reasons.push(choice.finish_reason)
  }
  return reasons
}
