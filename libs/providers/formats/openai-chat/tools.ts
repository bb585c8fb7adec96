import {
  type CalledTool,
  calledTool,
  noTools,
  offered,
  offeredIn,
  type ReportedCall,
  type Tools,
  withChosen,
} from '../../conversation/tools.ts'
import { isObject, type JsonObject, objectsOf } from '../../json.ts'
import { frameJson, mayHave, type SseFrame } from '../../sse.ts'
import { pointer } from '../../text-part.ts'

export function chatRequestTools(body: unknown): Tools {
  if (!isObject(body)) return noTools
  return {
    offered: withChosen(
      [...offeredIn(body.tools, '/tools'), ...offeredIn(body.functions, '/functions'), ...searchIn(body)],
      body.tool_choice,
      '/tool_choice',
    ),
    calls: [...objectsOf(body.messages)].flatMap(([index, message]) =>
      chatCalls(message, pointer('/messages', index)),
    ),
  }
}

/**
 * Options that let the provider search the web by itself: OpenAI's, xAI's `search_parameters`, Qwen's `enable_search`, and the ending
 * `:online` of a model at OpenRouter.
 */
function searchIn(body: JsonObject): Tools['offered'] {
  const { web_search_options, search_parameters, enable_search, model, plugins } = body
  const places: string[] = []
  if (isObject(web_search_options)) places.push('/web_search_options')
  if (isObject(search_parameters) && search_parameters.mode !== 'off') places.push('/search_parameters')
  if (enable_search === true) places.push('/enable_search')
  if (typeof model === 'string' && model.endsWith(':online')) places.push('/model')
  const others = [...objectsOf(plugins)].map(([index, { id }]) =>
    offered(pointer('/plugins', index), [typeof id === 'string' ? id : 'plugin', 'plugin']),
  )
  return [...places.map((path) => offered(path, ['web_search'])), ...others]
}

export function chatResponseTools(body: unknown): Tools {
  if (!isObject(body)) return noTools
  const calls = [...objectsOf(body.choices)].flatMap(([index, { message }]) =>
    isObject(message) ? chatCalls(message, pointer('/choices', index, 'message')) : [],
  )
  return { offered: [], calls }
}

/** The calls that a chunk begins. */
export function chatReportedCalls(frame: SseFrame): ReportedCall[] {
  if (!mayHave(frame.data, '_call')) return []
  return [...objectsOf(frameJson(frame)?.choices)].flatMap(([position, { index, delta, message }]) => {
    const said = delta ?? message
    return isObject(said)
      ? chatCalls(said, pointer('/choices', typeof index === 'number' ? index : position, 'message'))
          .filter(({ name }) => name !== '')
          .map(({ path, name }) => ({ channel: path, name }))
      : []
  })
}

/** Calls of a message or of a delta, where each stands at its `index`. */
function chatCalls(message: JsonObject, path: string): CalledTool[] {
  const calls = [...objectsOf(message.tool_calls)].flatMap(([position, call]) => {
    const index = typeof call.index === 'number' ? call.index : position
    const kind = isObject(call.custom) ? 'custom' : 'function'
    const called = call[kind]
    if (!isObject(called)) return []
    const field = kind === 'custom' ? 'input' : 'arguments'
    return [calledTool(pointer(path, 'tool_calls', index, kind, field), called.name, called[field])]
  })
  const { function_call: old } = message
  if (isObject(old))
    calls.push(calledTool(pointer(path, 'function_call', 'arguments'), old.name, old.arguments))
  return calls
}
