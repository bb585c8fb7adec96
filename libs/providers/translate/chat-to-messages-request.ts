import { isObject, type Json, type JsonObject, stringOf } from '../json.ts'
import { type RawJson, rawJson, rawValues, type WritableJson, writeJson } from '../raw-json.ts'
import { chatMessagesToMessages } from './chat-to-messages-messages.ts'
import { reasoning } from './chat-to-messages-reasoning.ts'
import { checkFields, eachObject, type FieldRules, isEmpty, isExactly } from './check-fields.ts'
import { createToolNames, type ToolNames } from './tool-names.ts'
import type { RequestOptions, TranslatedRequest } from './translator.ts'
import { UntranslatableError } from './untranslatable-error.ts'
import { anthropicUserId } from './user-ids.ts'

const rules: FieldRules = {
  translated: [
    'model',
    'messages',
    'max_tokens',
    'max_completion_tokens',
    'temperature',
    'top_p',
    'top_k',
    'stop',
    'stream',
    'stream_options',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
    'response_format',
    'reasoning_effort',
    'reasoning',
    'thinking',
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
    function_call: isEmpty,
    modalities: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'text',
    functions: isEmpty,
  },
  ignored: [
    'prompt_cache_key',
    'prompt_cache_retention',
    'prompt_cache_options',
    'prediction',
    'store',
    'metadata',
    'seed',
    'verbosity',
  ],
  reasons: {
    n: 'a provider of this kind gives one response at a time',
    functions: 'give them as tools',
    function_call: 'give tool_choice',
  },
}

/** Names of tools may be this long there. */
const maxNameLength = 128

/** An OpenAI chat completion request as an Anthropic Messages request. */
export function chatToMessagesRequest(text: string, options: RequestOptions): TranslatedRequest {
  const request = JSON.parse(text) as JsonObject
  const ignored: string[] = []
  checkFields(request, '', rules, ignored)
  const raw = rawValues(text, [
    ['tools', '*', 'function', 'parameters'],
    ['response_format', 'json_schema', 'schema'],
  ])
  const names = createToolNames(maxNameLength)
  const { system, messages, continuesCall } = chatMessagesToMessages(request.messages, names, ignored)
  const tools = toolsOf(request, raw, names, ignored)
  const tool_choice = tools && toolChoice(request.tool_choice, request.parallel_tool_calls, names)
  const max_tokens = request.max_completion_tokens ?? request.max_tokens ?? options.defaultMaxTokens
  const { thinking, effort, temperature, top_p, top_k } = reasoning({
    request,
    forcesTool: tool_choice?.type === 'any' || tool_choice?.type === 'tool',
    continuesCall,
    maxTokens: max_tokens,
    ignored,
  })
  const outputConfig = { ...(effort && { effort }), ...format(request.response_format, raw) }
  const body: WritableJson = {
    model: request.model,
    max_tokens,
    system,
    messages,
    stop_sequences: stopSequences(request.stop),
    temperature,
    top_p,
    top_k,
    stream: given(request.stream),
    tools,
    tool_choice,
    thinking,
    output_config: Object.keys(outputConfig).length === 0 ? undefined : outputConfig,
    service_tier: serviceTier(request.service_tier, ignored),
    metadata: userId(request, ignored),
  }
  checkStreamOptions(request.stream_options, ignored)
  return { body: writeJson(body), ignored, toolNames: names.renamed }
}

function given(value: Json | undefined): Json | undefined {
  return value ?? undefined
}

/** Anthropic refuses a sequence of nothing but white space. */
function stopSequences(stop: Json | undefined): Json | undefined {
  const sequences = (Array.isArray(stop) ? stop : [stop]).filter((it) => it !== undefined && it !== null)
  for (const [index, sequence] of sequences.entries()) {
    if (typeof sequence === 'string' && sequence !== '' && sequence.trim() === '') {
      const path = Array.isArray(stop) ? `stop[${index}]` : 'stop'
      throw new UntranslatableError(path, 'a sequence must hold something other than white space there')
    }
  }
  const usable = sequences.filter((sequence) => sequence !== '')
  return usable.length === 0 ? undefined : usable
}

function checkStreamOptions(value: Json | undefined, ignored: string[]): void {
  if (!isObject(value)) return
  checkFields(
    value,
    'stream_options',
    {
      translated: ['include_usage'],
      neutral: { include_obfuscation: isExactly(false) },
      ignored: ['include_obfuscation'],
    },
    ignored,
  )
}

const toolRules: FieldRules = { translated: ['type', 'function', 'cache_control'] }
const functionRules: FieldRules = {
  translated: ['name', 'description', 'parameters', 'strict', 'cache_control'],
}

function toolsOf(
  request: JsonObject,
  raw: Map<string, string>,
  names: ToolNames,
  ignored: string[],
): WritableJson[] | undefined {
  const tools: WritableJson[] = []
  const allowed = allowedTools(request.tool_choice)
  for (const [index, tool] of eachObject(request.tools, 'tools')) {
    const path = `tools[${index}]`
    const definition = tool.function
    if (tool.type !== 'function' || !isObject(definition)) {
      throw new UntranslatableError(`${path}.type`, 'only functions can be called there')
    }
    checkFields(tool, path, toolRules, ignored)
    checkFields(definition, `${path}.function`, functionRules, ignored)
    if (allowed && !allowed.has(String(definition.name))) continue
    tools.push({
      name: names.toProvider(stringOf(definition.name) ?? ''),
      description: given(definition.description),
      input_schema: inputSchema(definition.parameters, raw.get(`/tools/${index}/function/parameters`)),
      strict: definition.strict === true ? true : undefined,
      cache_control: tool.cache_control ?? definition.cache_control ?? undefined,
    })
  }
  return tools.length === 0 ? undefined : tools
}

/** A schema says there that it is one of an object, as it can only be; it keeps its bytes. */
function inputSchema(parameters: Json | undefined, raw: string | undefined): WritableJson {
  if (!isObject(parameters) || raw === undefined || Object.keys(parameters).length === 0)
    return { type: 'object', properties: {} }
  if (parameters.type !== undefined && parameters.type !== null) return rawJson(raw)
  return parameters.type === null
    ? { ...parameters, type: 'object' }
    : rawJson(`{"type":"object",${raw.trimStart().slice(1)}`)
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

type ToolChoice = { type: string; name?: string; disable_parallel_tool_use?: true | undefined }

function toolChoice(
  choice: Json | undefined,
  parallel: Json | undefined,
  names: ToolNames,
): ToolChoice | undefined {
  const disable_parallel_tool_use = parallel === false ? true : undefined
  if (choice === 'none') return { type: 'none' }
  if (choice === undefined || choice === null) {
    return disable_parallel_tool_use && { type: 'auto', disable_parallel_tool_use }
  }
  const mode = isObject(choice) && isObject(choice.allowed_tools) ? choice.allowed_tools.mode : choice
  if (mode === 'auto') return { type: 'auto', disable_parallel_tool_use }
  // Some compatible servers and their clients say `any` for it.
  if (mode === 'required' || mode === 'any') return { type: 'any', disable_parallel_tool_use }
  if (isObject(choice) && choice.type === 'function' && isObject(choice.function)) {
    const name = names.toProvider(stringOf(choice.function.name) ?? '')
    return { type: 'tool', name, disable_parallel_tool_use }
  }
  throw new UntranslatableError(
    'tool_choice',
    'it is none of none, auto, required, a function, or allowed tools',
  )
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

/** Tiers change speed and price; those that have no equivalent are left out. */
function serviceTier(value: Json | undefined, ignored: string[]): string | undefined {
  if (value === undefined || value === null) return undefined
  if (value === 'auto') return 'auto'
  if (value === 'default') return 'standard_only'
  ignored.push('service_tier')
  return undefined
}

function userId({ user, safety_identifier }: JsonObject, ignored: string[]): JsonObject | undefined {
  const id = safety_identifier ?? user
  if (id === undefined || id === null || id === '') return undefined
  if (typeof user === 'string' && user !== id) ignored.push('user')
  return { user_id: anthropicUserId(id) }
}
