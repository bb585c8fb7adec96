import { isObject, type Json, type JsonObject } from '../json.ts'
import { type RawJson, rawJson, rawValues, type WritableJson, writeJson } from '../raw-json.ts'
import { chatMessagesToMessages } from './chat-to-messages-messages.ts'
import { checkFields, eachObject, type FieldRules, isEmpty, isExactly } from './check-fields.ts'
import type { RequestOptions, TranslatedRequest } from './translator.ts'
import { UntranslatableError } from './untranslatable-error.ts'

const rules: FieldRules = {
  translated: [
    'model',
    'messages',
    'max_tokens',
    'max_completion_tokens',
    'temperature',
    'top_p',
    'stop',
    'stream',
    'stream_options',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'response_format',
    'reasoning_effort',
    'service_tier',
    'user',
    'safety_identifier',
  ],
  neutral: {
    n: isExactly(1),
    frequency_penalty: isExactly(0),
    presence_penalty: isExactly(0),
    logprobs: isExactly(false),
    top_logprobs: isExactly(0),
    logit_bias: isEmpty,
    metadata: isEmpty,
    store: isExactly(false),
    verbosity: isExactly('medium'),
    modalities: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'text',
    functions: isEmpty,
  },
  ignored: ['prompt_cache_key', 'prompt_cache_retention', 'prompt_cache_options', 'prediction'],
  reasons: {
    n: 'a provider of this kind gives one answer at a time',
    functions: 'give them as tools',
    function_call: 'give tool_choice',
  },
}

/** An OpenAI chat completion request as an Anthropic Messages request. */
export function chatToMessagesRequest(text: string, options: RequestOptions): TranslatedRequest {
  const request = JSON.parse(text) as JsonObject
  const ignored: string[] = []
  checkFields(request, '', rules, ignored)
  const raw = rawValues(text, [
    ['tools', '*', 'function', 'parameters'],
    ['response_format', 'json_schema', 'schema'],
  ])
  const { system, messages } = chatMessagesToMessages(request.messages, ignored)
  const tools = toolsOf(request, raw)
  const outputConfig = { ...effort(request.reasoning_effort), ...format(request.response_format, raw) }
  const body: WritableJson = {
    model: request.model,
    max_tokens: request.max_completion_tokens ?? request.max_tokens ?? options.defaultMaxTokens,
    system,
    messages,
    stop_sequences: typeof request.stop === 'string' ? [request.stop] : given(request.stop),
    temperature: temperature(request.temperature),
    top_p: given(request.top_p),
    stream: given(request.stream),
    tools,
    tool_choice: tools && toolChoice(request.tool_choice, request.parallel_tool_calls),
    thinking: thinking(request.reasoning_effort),
    output_config: Object.keys(outputConfig).length === 0 ? undefined : outputConfig,
    service_tier: serviceTier(request.service_tier),
    metadata: userId(request),
  }
  checkStreamOptions(request.stream_options, ignored)
  return { body: writeJson(body), ignored }
}

function given(value: Json | undefined): Json | undefined {
  return value ?? undefined
}

function temperature(value: Json | undefined): Json | undefined {
  if (typeof value === 'number' && value > 1) {
    throw new UntranslatableError('temperature', `${value} is above 1, the highest there`)
  }
  return given(value)
}

function checkStreamOptions(value: Json | undefined, ignored: string[]): void {
  if (!isObject(value)) return
  checkFields(
    value,
    'stream_options',
    { translated: ['include_usage'], neutral: { include_obfuscation: isExactly(false) } },
    ignored,
  )
}

function toolsOf(request: JsonObject, raw: Map<string, string>): WritableJson[] | undefined {
  const tools: WritableJson[] = []
  const allowed = allowedTools(request.tool_choice)
  for (const [index, tool] of eachObject(request.tools, 'tools')) {
    const path = `tools[${index}]`
    const definition = tool.function
    if (tool.type !== 'function' || !isObject(definition)) {
      throw new UntranslatableError(`${path}.type`, 'only functions can be called there')
    }
    checkFields(tool, path, { translated: ['type', 'function'] }, [])
    checkFields(
      definition,
      `${path}.function`,
      { translated: ['name', 'description', 'parameters', 'strict'] },
      [],
    )
    if (allowed && !allowed.has(String(definition.name))) continue
    const schema = isObject(definition.parameters)
      ? raw.get(`/tools/${index}/function/parameters`)
      : undefined
    tools.push({
      name: definition.name,
      description: given(definition.description),
      input_schema:
        schema === undefined || schema === '{}' ? { type: 'object', properties: {} } : rawJson(schema),
      strict: definition.strict === true ? true : undefined,
    })
  }
  return tools.length === 0 ? undefined : tools
}

/** `allowed_tools` names some of the tools; there, the others are not offered at all. */
function allowedTools(choice: Json | undefined): Set<string> | undefined {
  if (!isObject(choice) || choice.type !== 'allowed_tools' || !isObject(choice.allowed_tools))
    return undefined
  const names = new Set<string>()
  for (const [, tool] of eachObject(choice.allowed_tools.tools, 'tool_choice.allowed_tools.tools')) {
    if (isObject(tool.function)) names.add(String(tool.function.name))
  }
  return names
}

function toolChoice(choice: Json | undefined, parallel: Json | undefined): WritableJson | undefined {
  const disable_parallel_tool_use = parallel === false ? true : undefined
  if (choice === 'none') return { type: 'none' }
  if (choice === undefined || choice === null) {
    return disable_parallel_tool_use && { type: 'auto', disable_parallel_tool_use }
  }
  const mode = isObject(choice) && isObject(choice.allowed_tools) ? choice.allowed_tools.mode : choice
  if (mode === 'auto') return { type: 'auto', disable_parallel_tool_use }
  if (mode === 'required') return { type: 'any', disable_parallel_tool_use }
  if (isObject(choice) && choice.type === 'function' && isObject(choice.function)) {
    return { type: 'tool', name: choice.function.name, disable_parallel_tool_use }
  }
  throw new UntranslatableError(
    'tool_choice',
    'it is none of none, auto, required, a function, or allowed tools',
  )
}

const efforts = ['low', 'medium', 'high', 'xhigh', 'max']

function effort(value: Json | undefined): { effort?: string } {
  if (value === undefined || value === null || value === 'none') return {}
  if (typeof value === 'string' && efforts.includes(value)) return { effort: value }
  throw new UntranslatableError('reasoning_effort', `it must be none or one of ${efforts.join(', ')} there`)
}

function thinking(value: Json | undefined): JsonObject | undefined {
  if (value === undefined || value === null) return undefined
  return { type: value === 'none' ? 'disabled' : 'adaptive' }
}

function format(value: Json | undefined, raw: Map<string, string>): { format?: WritableJson } {
  if (!isObject(value) || value.type === 'text') return {}
  const schema = raw.get('/response_format/json_schema/schema')
  if (value.type !== 'json_schema' || schema === undefined || !isObject(value.json_schema)) {
    throw new UntranslatableError(
      'response_format',
      'JSON is promised there only with a schema; give json_schema',
    )
  }
  checkFields(
    value.json_schema,
    'response_format.json_schema',
    { translated: ['name', 'schema', 'strict', 'description'] },
    [],
  )
  return { format: { type: 'json_schema', schema: describedSchema(value.json_schema, schema) } }
}

/** There, a schema's description is its own and not a neighbour. */
function describedSchema({ schema, description }: JsonObject, raw: string): RawJson | JsonObject {
  if (typeof description !== 'string' || !isObject(schema) || schema.description !== undefined)
    return rawJson(raw)
  return { ...schema, description }
}

function serviceTier(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  if (value === 'auto') return 'auto'
  if (value === 'default') return 'standard_only'
  throw new UntranslatableError('service_tier', 'it must be auto or default there')
}

function userId({ user, safety_identifier }: JsonObject): JsonObject | undefined {
  const id = safety_identifier ?? user
  if (id === undefined || id === null) return undefined
  if (typeof user === 'string' && user !== id) {
    throw new UntranslatableError('user', 'it differs from safety_identifier, and only one is known there')
  }
  return { user_id: id }
}
