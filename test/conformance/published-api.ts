import type { IncomingHttpHeaders } from 'node:http'

/** What of a provider's published API its fake insists on. */
export type PublishedApi = {
  name: string
  models: object
  credential(headers: IncomingHttpHeaders): string | undefined
  /** Top-level fields that a request may have, by path. */
  fields: Record<string, ReadonlySet<string>>
  check(path: string, headers: IncomingHttpHeaders, json: Record<string, unknown>): string | undefined
  error(status: number, type: string, message: string): object
  /** Where its list of models is. */
  modelsPath?: string
}

/** The credential that providers refuse. */
export const wrongKey = 'sk-wrong-0000000000000000'

const setOf = (names: string) => new Set(names.trim().split(/\s+/))

/** https://platform.openai.com/docs/api-reference */
export const openaiApi: PublishedApi = {
  name: 'openai',
  models: {
    object: 'list',
    data: ['gpt-4o', 'gpt-4o-mini'].map((id) => ({
      id,
      object: 'model',
      created: 1_715_367_049,
      owned_by: 'system',
    })),
  },
  credential: ({ authorization }) => /^Bearer (.+)$/.exec(authorization ?? '')?.[1],
  fields: {
    '/v1/chat/completions': setOf(`messages model audio frequency_penalty function_call functions logit_bias
      logprobs max_completion_tokens max_tokens metadata modalities n parallel_tool_calls prediction
      presence_penalty prompt_cache_key prompt_cache_retention reasoning_effort response_format safety_identifier
      seed service_tier stop store stream stream_options temperature tool_choice tools top_logprobs top_p user
      verbosity web_search_options`),
  },
  check(path, _headers, { messages }) {
    if (path !== '/v1/chat/completions' || !Array.isArray(messages)) return undefined
    const known = setOf('system developer user assistant tool function')
    const wrong = messages.find(({ role }) => !known.has(role))
    if (wrong) return `Invalid value: '${wrong.role}'`
    const called = new Set(
      messages.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }: { id: string }) => id)),
    )
    const stray = messages.find(({ role, tool_call_id }) => role === 'tool' && !called.has(tool_call_id))
    return stray && `Message with tool_call_id '${stray.tool_call_id}' answers no preceding tool call`
  },
  error: (_status, type, message) => ({ error: { message, type, param: null, code: null } }),
}

/** https://platform.claude.com/docs/en/api */
export const anthropicApi: PublishedApi = {
  name: 'anthropic',
  models: {
    data: [
      {
        type: 'model',
        id: 'claude-opus-4-6',
        display_name: 'Claude Opus 4.6',
        created_at: '2025-09-29T00:00:00Z',
      },
    ],
    has_more: false,
    first_id: 'claude-opus-4-6',
    last_id: 'claude-opus-4-6',
  },
  credential: (headers) => headers['x-api-key'] as string | undefined,
  fields: {
    '/v1/messages': setOf(`model messages max_tokens cache_control container context_management inference_geo
      mcp_servers metadata output_config output_format service_tier speed stop_sequences stream system
      temperature thinking tool_choice tools top_k top_p`),
  },
  check(path, headers, { max_tokens, messages }) {
    if (!headers['anthropic-version']) return 'anthropic-version: header is required'
    if (path !== '/v1/messages') return undefined
    if (typeof max_tokens !== 'number') return 'max_tokens: Field required'
    const list = Array.isArray(messages) ? messages : []
    const at = list.findIndex(({ role }) => role !== 'user' && role !== 'assistant')
    if (at >= 0) return `messages.${at}.role: Input should be 'user' or 'assistant'`
    const known = setOf('text image document tool_use tool_result thinking redacted_thinking')
    const blocks = list.flatMap(({ content }) => (Array.isArray(content) ? content : []))
    const wrong = blocks.find(({ type }) => !known.has(type))
    return wrong && `messages: '${wrong.type}' is not a content block`
  },
  error: (_status, type, message) => ({ type: 'error', error: { type, message }, request_id: 'req_1' }),
}

type GeminiPart = {
  functionCall?: { name: string }
  functionResponse?: { name: string; response?: unknown }
  thoughtSignature?: string
}
type GeminiContent = { role?: string; parts: GeminiPart[] }

const schemaKeywords =
  setOf(`$id $defs $ref $anchor type format title description enum default items prefixItems
  minItems maxItems minimum maximum minLength maxLength pattern anyOf oneOf properties additionalProperties required
  propertyOrdering nullable`)

function* unknownKeywords(schema: unknown): Generator<string> {
  if (typeof schema !== 'object' || schema === null) return
  if (Array.isArray(schema)) for (const one of schema) yield* unknownKeywords(one)
  else
    for (const [keyword, value] of Object.entries(schema)) {
      if (!schemaKeywords.has(keyword)) yield keyword
      if (keyword === 'properties' || keyword === '$defs')
        yield* unknownKeywords(Object.values(value as object))
      else if (typeof value === 'object' && keyword !== 'enum' && keyword !== 'default')
        yield* unknownKeywords(value)
    }
}

/** https://ai.google.dev/api/generate-content */
export const geminiApi: PublishedApi = {
  name: 'gemini',
  models: { models: [{ name: 'models/gemini-3-flash', displayName: 'Gemini 3 Flash' }] },
  modelsPath: '/v1beta/models',
  credential: (headers) => headers['x-goog-api-key'] as string | undefined,
  fields: Object.fromEntries(
    ['generateContent', 'streamGenerateContent'].map((method) => [
      `/v1beta/models/*:${method}`,
      setOf(
        'contents tools toolConfig safetySettings systemInstruction generationConfig cachedContent store',
      ),
    ]),
  ),
  check(path, _headers, json) {
    if (!/enerateContent$/.test(path)) return undefined
    const contents = json.contents as GeminiContent[]
    const empty = contents.findIndex(({ parts }) => !Array.isArray(parts) || parts.length === 0)
    if (empty >= 0) return `contents[${empty}].parts must not be empty`
    const role = contents.find(
      (content) => content.role !== undefined && !/^(?:user|model)$/.test(content.role),
    )
    if (role) return `Please use a valid role: user, model. Got ${role.role}`
    for (const [index, { parts }] of contents.entries()) {
      const calls = parts.filter(({ functionCall }) => functionCall)
      const results = (contents[index + 1]?.parts ?? []).filter(({ functionResponse }) => functionResponse)
      if (calls.length !== results.length)
        return 'The number of function response parts must equal that of the function call parts of the turn before'
      if (calls.length > 0 && /gemini-3/.test(path) && !calls[0]!.thoughtSignature)
        return 'Function call is missing a thought_signature in functionCall parts'
    }
    const declared = ((json.tools ?? []) as { functionDeclarations?: Record<string, unknown>[] }[]).flatMap(
      ({ functionDeclarations }) => functionDeclarations ?? [],
    )
    const named = declared.find(({ name }) => !/^[a-zA-Z_][\w.:-]{0,63}$/.test(String(name)))
    if (named) return `Invalid function name ${String(named.name)}`
    const [keyword] = declared.flatMap(({ parametersJsonSchema }) => [
      ...unknownKeywords(parametersJsonSchema),
    ])
    return keyword && `Invalid JSON payload received. Unknown name "${keyword}"`
  },
  error: (status, _type, message) => ({
    error: { code: status, message, status: status === 401 ? 'UNAUTHENTICATED' : 'INVALID_ARGUMENT' },
  }),
}

/** What the published API would refuse a request with; undefined where it would take it. */
export function problemWith(
  api: PublishedApi,
  { path, headers, json }: { path: string; headers: IncomingHttpHeaders; json: Record<string, unknown> },
): { status: number; body: object } | undefined {
  const credential = api.credential(headers)
  const isOpenai = api.name === 'openai'
  const refused = (status: number, type: string, message: string) => ({
    status,
    body: api.error(status, type, message),
  })
  if (!credential || credential === wrongKey)
    return refused(
      401,
      isOpenai ? 'invalid_request_error' : 'authentication_error',
      'Incorrect API key provided',
    )
  const route = path.split('?')[0]!
  const known = api.fields[route.replace(/\/models\/[^/:]+:/, '/models/*:')]
  const unknown = known && Object.keys(json).find((name) => !known.has(name))
  if (unknown !== undefined)
    return refused(400, 'invalid_request_error', `${unknown}: Extra inputs are not permitted`)
  const problem = api.check(route, headers, json)
  return problem === undefined ? undefined : refused(400, 'invalid_request_error', problem)
}
