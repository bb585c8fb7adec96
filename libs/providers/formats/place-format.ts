import { createTextCollector, type TextContext } from '../collect-texts.ts'
import { isObject, type Json, listOf, maxNesting, nestsTooDeep, stringOf } from '../json.ts'
import { indexPlaces, type OpaquePlace } from '../read-texts.ts'
import { pointer, type TextPart } from '../text-part.ts'
import type { ProviderApi, WireFormat } from '../wire-format.ts'
import { joinFrames } from './generic/join-frames.ts'
import { openaiErrorBody, openaiErrorFrames } from './openai/error.ts'
import { openaiFields, openaiOpaque } from './openai/opaque.ts'
import { openaiUsage } from './openai/usage.ts'
import { toolless } from './toolless.ts'
import { unstreamed } from './unstreamed.ts'

/**
 * Where texts stand: a JSON pointer in which `*` stands for every element of a list, and `**` at its end for every string below.
 * Others stand for one another: the strings of a list where the pointer leads to a list.
 */
export type TextPlace = readonly [path: string, role: TextContext['role'], kind: TextContext['kind']]

type PlaceFormat = Pick<WireFormat, 'id'> & {
  api: ProviderApi
  /** `POST /v1/images/edits`; `{id}` stands for one segment. */
  routes: readonly string[]
  request: readonly TextPlace[]
  response: readonly TextPlace[]
  /** Fields of a form that a model reads. */
  formFields?: readonly string[]
  /** Further places that policies do not read. */
  opaque?: readonly OpaquePlace[]
  overrides?: Partial<WireFormat>
}

/** A format whose texts stand at places that can be listed, in plain requests and responses; its streams are judged as a whole. */
export function placeFormat({
  id,
  api,
  routes,
  request,
  response,
  formFields = [],
  opaque = [],
  overrides = {},
}: PlaceFormat): WireFormat {
  const patterns = routes
    .filter((route) => route.includes('{'))
    .map((route) => new RegExp(`^${route.replaceAll(/[.]/g, '\\.').replaceAll('{id}', '[\\w.:~-]{1,256}')}$`))
  return {
    ...unstreamed,
    ...toolless,
    id,
    routes: routes.filter((route) => !route.includes('{')),
    ...(patterns.length > 0 && {
      matchesRoute: (method: string, path: string) =>
        !/\/\.{1,2}(?:\/|$)/.test(path) && patterns.some((pattern) => pattern.test(`${method} ${path}`)),
    }),
    apis: [api],
    meansApi: api,
    takesDocuments: true,
    formFields: new Set(formFields),
    hasDeploymentRoute: false,
    generatesText: false,
    isRepeatable: false,
    listsModels: false,
    readRequest(body) {
      if (nestsTooDeep(body)) {
        const message = `The request body nests deeper than ${maxNesting} levels.`
        return { problem: { param: null, message, code: 'invalid_value' } }
      }
      const { model, stream } = isObject(body) ? body : {}
      return { model: stringOf(model) || undefined, stream: stream === true, includeUsage: false }
    },
    requestTexts: (body) => textsAt(body, request),
    responseTexts: (body) => textsAt(body, response),
    opaqueAt: indexPlaces([...openaiOpaque, ...opaque]),
    fields: openaiFields,
    requestTurns: (body) => ({
      turns: textsAt(body, request).map(({ text }) => ({ kind: 'message', role: 'user', content: text })),
    }),
    isResponse: () => false,
    responseTurns: () => [],
    usage: openaiUsage,
    errorBody: openaiErrorBody,
    errorFrames: openaiErrorFrames,
    createAssembler: joinFrames,
    ...overrides,
  }
}

/** The strings at places of a body. */
function textsAt(body: unknown, places: readonly TextPlace[]): TextPart[] {
  const collector = createTextCollector()
  for (const [path, role, kind] of places) {
    const context = { role, kind }
    const visit = (value: Json | undefined, tokens: readonly string[], at: string): void => {
      const [token, ...rest] = tokens
      if (token === undefined) {
        if (Array.isArray(value))
          for (const [index, one] of value.entries()) collector.text(one, pointer(at, index), context)
        else collector.text(value, at, context)
      } else if (token === '**') collector.every(value, at, context)
      else if (token === '*')
        for (const [index, element] of listOf(value).entries()) visit(element, rest, pointer(at, index))
      else if (isObject(value)) visit(value[token], rest, pointer(at, token))
    }
    visit(body as Json, path.split('/').slice(1), '')
  }
  return collector.parts
}
