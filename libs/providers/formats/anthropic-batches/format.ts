import { noTools, type Tools } from '../../conversation/tools.ts'
import { isObject, type Json, type JsonObject, objectsOf, stringOf } from '../../json.ts'
import { pointer, type TextPart } from '../../text-part.ts'
import { anthropicErrorBody, anthropicErrorFrames } from '../anthropic-messages/error.ts'
import { anthropicMessages } from '../anthropic-messages/format.ts'
import { placeFormat } from '../place-format.ts'

const within = /^\d+$/

/**
 * Batches of Messages requests: each of `requests` is judged as the request that it is (`params`), before anything of the batch goes
 * out. Results are lines of JSON, of which each is judged as the response that it contains.
 */
export const anthropicBatches = placeFormat({
  id: 'anthropic.batches',
  api: 'anthropic',
  routes: [
    'GET /v1/messages/batches',
    'POST /v1/messages/batches',
    'GET /v1/messages/batches/{id}',
    'DELETE /v1/messages/batches/{id}',
    'POST /v1/messages/batches/{id}/cancel',
    'GET /v1/messages/batches/{id}/results',
  ],
  request: [],
  response: [],
  overrides: {
    runsLater: true,
    fields: new Set([...anthropicMessages.fields, 'requests', 'params', 'custom_id']),
    requestTexts: (body) =>
      requestsOf(body).flatMap(([path, params]) => moved(anthropicMessages.requestTexts(params), path)),
    requestTools: (body) =>
      merged(requestsOf(body).map(([, params]) => anthropicMessages.requestTools(params))),
    requestTurns: (body) => ({
      turns: requestsOf(body).flatMap(([, params]) => anthropicMessages.requestTurns(params).turns),
    }),
    opaqueAt: (path, object) =>
      path[0] === 'requests' && within.test(path[1] ?? '') && path[2] === 'params'
        ? anthropicMessages.opaqueAt(path.slice(3), object)
        : anthropicMessages.opaqueAt(path, object),
    withoutOwnAddresses: (path) => (path.endsWith('/results') ? undefined : withPathsOfResults),
    errorBody: anthropicErrorBody,
    errorFrames: anthropicErrorFrames,
  },
})

function requestsOf(body: unknown): [path: string, params: JsonObject][] {
  if (!isObject(body)) return []
  return [...objectsOf(body.requests)].flatMap(([index, { params }]) =>
    isObject(params) ? [[pointer('/requests', index, 'params'), params] as [string, JsonObject]] : [],
  )
}

/** `results_url` of a batch, and of each in a list, as a path: Anthropic's clients ask for the results there, and join it to their base URL. */
function withPathsOfResults(body: JsonObject): JsonObject {
  if (Array.isArray(body.data)) {
    const data = body.data.map((batch) => (isObject(batch) ? withPathOfResults(batch) : batch))
    return data.every((batch, index) => batch === (body.data as Json[])[index]) ? body : { ...body, data }
  }
  return withPathOfResults(body)
}

function withPathOfResults(batch: JsonObject): JsonObject {
  const address = stringOf(batch.results_url)
  if (address === undefined || !URL.canParse(address)) return batch
  const { pathname } = new URL(address)
  return { ...batch, results_url: pathname.slice(Math.max(0, pathname.indexOf('/v1/messages/'))) }
}

function moved(texts: TextPart[], path: string): TextPart[] {
  return texts.map((text) => ({ ...text, path: path + text.path }))
}

function merged(all: Tools[]): Tools {
  return all.length === 0
    ? noTools
    : { offered: all.flatMap(({ offered }) => offered), calls: all.flatMap(({ calls }) => calls) }
}
