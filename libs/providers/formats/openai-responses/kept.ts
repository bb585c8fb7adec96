import { isObject, type JsonObject, stringOf } from '../../json.ts'
import type { KeptResponses } from '../../wire-format.ts'
import { decodedFully } from '../openai-models/format.ts'

/** `/v1/responses/{id}` and what is below it. */
const ofResponse = /^\/v1\/responses\/([\w-]+)(?:\/(?:input_items|cancel))?$/

/** The provider stores a response unless the request says otherwise, and works on one in the background where it says so. */
export const keptResponses: KeptResponses = {
  asked(path, body) {
    const ofPath = path === '/v1/responses/compact' ? undefined : ofResponse.exec(path)?.[1]
    const continued = isObject(body) ? stringOf(body.previous_response_id) : undefined
    return [ofPath, continued].filter((id) => id !== undefined && id !== '') as string[]
  },
  isKept: (body) => body.store !== false,
  isBackground: (body) => body.background === true,
  isPending: (response) => response.status === 'queued' || response.status === 'in_progress',
  idOf: (response) => (response.object === 'response' ? stringOf(response.id) : undefined),
}

/**
 * The responses that a request of another format names: one below which its path is, and those that its bodies continue (a line
 * of a batch has its own in `body`).
 */
export function namedResponses(path: string, bodies: Iterable<JsonObject>): string[] {
  const ids = new Set<string>()
  const add = (id: unknown) => {
    if (typeof id === 'string' && id !== '') ids.add(id)
  }
  add(decodedFully(/\/responses\/([^/]+)/.exec(path)?.[1] ?? ''))
  for (const body of bodies) {
    add(body.previous_response_id)
    if (isObject(body.body)) add(body.body.previous_response_id)
  }
  return [...ids]
}
