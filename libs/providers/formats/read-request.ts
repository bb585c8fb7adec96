import { isObject, type JsonObject, maxNesting, nestsTooDeep } from '../json.ts'
import type { RequestFacts, RequestProblem } from '../wire-format.ts'

/** What `JSON.parse` gave, in words for an error message. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return (
    { string: 'a string', number: 'a number', boolean: 'a boolean', object: 'an object' }[
      typeof value as string
    ] ?? 'nothing'
  )
}

export function missing(param: string): { problem: RequestProblem } {
  return {
    problem: {
      param,
      message: `Missing required parameter: '${param}'.`,
      code: 'missing_required_parameter',
    },
  }
}

export function wrongKind(
  param: string | null,
  expected: string,
  value: unknown,
): { problem: RequestProblem } {
  const what = param === null ? 'the request body' : `'${param}'`
  return {
    problem: {
      param,
      message: `Invalid type for ${what}: expected ${expected}, but got ${kindOf(value)} instead.`,
      code: 'invalid_type',
    },
  }
}

/**
 * What every request with a model has in common; `check` looks at the content that policy must be able to read and says
 * the first thing that is wrong with it.
 */
export function readModelRequest(
  body: unknown,
  check: (body: JsonObject) => { problem: RequestProblem } | undefined,
): RequestFacts | { problem: RequestProblem } {
  if (!isObject(body)) return wrongKind(null, 'an object', body)
  const { model, stream, stream_options } = body
  if (model === undefined || model === null) return missing('model')
  if (typeof model !== 'string') return wrongKind('model', 'a string', model)
  if (model === '') return missing('model')
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    return wrongKind('stream', 'a boolean', stream)
  }
  if (nestsTooDeep(body)) {
    const message = `The request body nests deeper than ${maxNesting} levels.`
    return { problem: { param: null, message, code: 'invalid_value' } }
  }
  const wrong = check(body)
  if (wrong) return wrong
  return {
    model,
    stream: stream === true,
    includeUsage: isObject(stream_options) && stream_options.include_usage === true,
  }
}

/** Wants a list of messages, each an object whose content is a string, a list of parts or absent. */
export function checkMessages(messages: unknown): { problem: RequestProblem } | undefined {
  if (messages === undefined || messages === null) return missing('messages')
  if (!Array.isArray(messages)) return wrongKind('messages', 'an array of objects', messages)
  for (const [index, message] of messages.entries()) {
    if (!isObject(message)) return wrongKind(`messages[${index}]`, 'an object', message)
    const { content } = message
    if (content === undefined || content === null || typeof content === 'string') continue
    if (!Array.isArray(content)) {
      return wrongKind(`messages[${index}].content`, 'a string or an array of objects', content)
    }
  }
  return undefined
}
