import { isObject, maxNesting, nestsTooDeep } from '../../json.ts'
import type { RequestFacts, RequestProblem } from '../../wire-format.ts'
import { missing, wrongKind } from '../read-request.ts'

/** What every request of Gemini's has: an object with one field that it cannot be without. Its model stands in its path. */
export function readBody(body: unknown, needed?: string): RequestFacts | { problem: RequestProblem } {
  if (!isObject(body)) return wrongKind(null, 'an object', body)
  if (nestsTooDeep(body)) {
    const message = `The request body nests deeper than ${maxNesting} levels.`
    return { problem: { param: null, message, code: 'invalid_value' } }
  }
  if (needed !== undefined && body[needed] === undefined) return missing(needed)
  return { model: undefined, stream: false, includeUsage: false }
}
