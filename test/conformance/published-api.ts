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
  const known = api.fields[route]
  const unknown = known && Object.keys(json).find((name) => !known.has(name))
  if (unknown !== undefined)
    return refused(400, 'invalid_request_error', `${unknown}: Extra inputs are not permitted`)
  const problem = api.check(route, headers, json)
  return problem === undefined ? undefined : refused(400, 'invalid_request_error', problem)
}
