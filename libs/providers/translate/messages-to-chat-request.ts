import { isObject, type Json, type JsonObject, stringOf } from '../json.ts'
import { rawJson, rawValues, type WritableJson, writeJson } from '../raw-json.ts'
import { type ChatTraits, chatTraits } from './chat-models.ts'
import { checkFields, eachObject, type FieldRules, isEmpty, isExactly } from './check-fields.ts'
import { efforts } from './claude-models.ts'
import { messagesToChatMessages } from './messages-to-chat-messages.ts'
import { createToolNames, type ToolNames } from './tool-names.ts'
import type { RequestOptions, TranslatedRequest } from './translator.ts'
import { UntranslatableError } from './untranslatable-error.ts'
import { openaiUserId } from './user-ids.ts'

const rules: FieldRules = {
  translated: [
    'model',
    'max_tokens',
    'system',
    'messages',
    'stop_sequences',
    'temperature',
    'top_p',
    'stream',
    'tools',
    'tool_choice',
    'thinking',
    'output_config',
    'output_format',
    'service_tier',
    'metadata',
  ],
  neutral: { mcp_servers: isEmpty },
  // Editing the context only trims what the provider keeps of it.
  ignored: ['cache_control', 'context_management', 'speed', 'diagnostics'],
}

/** Names of tools may be this long there. */
const maxNameLength = 64

/** An Anthropic Messages request as an OpenAI chat completion request. */
export function messagesToChatRequest(text: string, options: RequestOptions): TranslatedRequest {
  const request = JSON.parse(text) as JsonObject
  const ignored: string[] = []
  checkFields(request, '', rules, ignored)
  const raw = rawValues(text, [
    ['messages', '*', 'content', '*', 'input'],
    ['tools', '*', 'input_schema'],
    ['output_config', 'format', 'schema'],
    ['output_format', 'schema'],
  ])
  const { server } = options
  const names = createToolNames(maxNameLength)
  const traits = chatTraits(request.model)
  const body: WritableJson = {
    model: request.model,
    messages: messagesToChatMessages(request, raw, { names, server, ignored }),
    [server === 'openai' ? 'max_completion_tokens' : 'max_tokens']: maxTokens(request.max_tokens, traits),
    stop: stop(request.stop_sequences, server),
    temperature: sampled('temperature', request, traits, ignored),
    top_p: sampled('top_p', request, traits, ignored),
    stream: request.stream ?? undefined,
    stream_options: request.stream === true ? { include_usage: true } : undefined,
    tools: toolsOf(request.tools, raw, names, ignored),
    ...toolChoice(request.tool_choice, names),
    reasoning_effort: reasoningEffort(request, traits, ignored),
    response_format: responseFormat(request, raw),
    service_tier: serviceTier(request.service_tier, ignored),
    user: userId(request.metadata, ignored),
  }
  return { body: writeJson(body), ignored, toolNames: names.renamed }
}

/** More than a model can give means as much as it can. */
function maxTokens(value: Json | undefined, { maxOutputTokens }: ChatTraits): Json | undefined {
  return typeof value === 'number' ? Math.min(value, maxOutputTokens) : (value ?? undefined)
}

/** Models that reason take no other sampling than their own. */
function sampled(
  field: 'temperature' | 'top_p',
  { [field]: value }: JsonObject,
  { samples }: ChatTraits,
  ignored: string[],
): Json | undefined {
  if (value === undefined || value === null) return undefined
  if (samples) return value
  if (value !== 1) ignored.push(field)
  return undefined
}

function stop(sequences: Json | undefined, server: RequestOptions['server']): Json | undefined {
  if (!Array.isArray(sequences) || sequences.length === 0) return undefined
  if (sequences.length > 4 && server === 'openai') {
    throw new UntranslatableError('stop_sequences', `there can be at most 4 there, not ${sequences.length}`)
  }
  return sequences
}

const toolRules: FieldRules = {
  translated: ['name', 'description', 'input_schema', 'type', 'strict'],
  neutral: {
    input_examples: isEmpty,
    allowed_callers: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'direct',
  },
  ignored: ['cache_control', 'eager_input_streaming', 'defer_loading'],
}

function toolsOf(
  tools: Json | undefined,
  raw: Map<string, string>,
  names: ToolNames,
  ignored: string[],
): WritableJson[] | undefined {
  const translated = [...eachObject(tools, 'tools')].map(([index, tool]): WritableJson => {
    const path = `tools[${index}]`
    if (tool.type !== undefined && tool.type !== null && tool.type !== 'custom') {
      throw new UntranslatableError(`${path}.type`, `only its own provider can run ${String(tool.type)}`)
    }
    checkFields(tool, path, toolRules, ignored)
    const schema = raw.get(`/tools/${index}/input_schema`)
    return {
      type: 'function',
      function: {
        name: names.toProvider(stringOf(tool.name) ?? ''),
        description: tool.description ?? undefined,
        parameters: schema === undefined ? undefined : rawJson(schema),
        strict: tool.strict ?? undefined,
      },
    }
  })
  return translated.length === 0 ? undefined : translated
}

function toolChoice(
  choice: Json | undefined,
  names: ToolNames,
): { [field: string]: WritableJson | undefined } {
  if (!isObject(choice)) return {}
  const translated = ['type', 'name', 'disable_parallel_tool_use']
  checkFields(choice, 'tool_choice', { translated }, [])
  const parallel_tool_calls = choice.disable_parallel_tool_use === true ? false : undefined
  if (choice.type === 'auto') return { tool_choice: 'auto', parallel_tool_calls }
  if (choice.type === 'any') return { tool_choice: 'required', parallel_tool_calls }
  if (choice.type === 'none') return { tool_choice: 'none' }
  if (choice.type === 'tool') {
    const name = names.toProvider(stringOf(choice.name) ?? '')
    return { tool_choice: { type: 'function', function: { name } }, parallel_tool_calls }
  }
  throw new UntranslatableError('tool_choice.type', 'it is none of auto, any, tool, none')
}

/** Budgets from which on a model is asked for this effort. */
const effortOfBudget: [tokens: number, effort: string][] = [
  [16_000, 'high'],
  [4_000, 'medium'],
  [0, 'low'],
]

/** How much a model thinks is a hint: where it takes none, it is left out and named. */
function reasoningEffort(
  { thinking, output_config, messages }: JsonObject,
  { efforts }: ChatTraits,
  ignored: string[],
): string | undefined {
  let asked: { effort: Json; field: string } | undefined
  if (isObject(thinking)) {
    const translated = ['type', 'budget_tokens']
    const neutral = { display: isExactly('summarized') }
    checkFields(thinking, 'thinking', { translated, neutral, ignored: ['display', 'block_binding'] }, ignored)
    const { type, budget_tokens } = thinking
    if (!thinkingTypes.includes(String(type))) {
      throw new UntranslatableError('thinking.type', `it is none of ${thinkingTypes.join(', ')}`)
    }
    if (type === 'enabled' && typeof budget_tokens === 'number') {
      const effort = effortOfBudget.find(([tokens]) => budget_tokens >= tokens)?.[1] ?? 'low'
      asked = { effort, field: 'thinking.budget_tokens' }
    }
  }
  if (isObject(output_config) && output_config.effort !== undefined && output_config.effort !== null) {
    asked = { effort: output_config.effort, field: 'output_config.effort' }
  }
  // From a message on that says one, for each turn until another one does.
  for (const [index, { output_config }] of eachObject(messages, 'messages')) {
    if (!isObject(output_config)) continue
    const path = `messages[${index}].output_config`
    checkFields(output_config, path, { translated: ['effort'] }, [])
    if (typeof output_config.effort === 'string')
      asked = { effort: output_config.effort, field: `${path}.effort` }
  }
  if (!asked) return undefined
  const wanted = effortLevels.indexOf(String(asked.effort))
  if (wanted < 0) {
    throw new UntranslatableError(asked.field, `it is none of ${effortLevels.join(', ')}`)
  }
  const effort = efforts.findLast((level) => effortLevels.indexOf(level) <= wanted)
  if (effort === undefined) ignored.push(asked.field)
  return effort
}

const thinkingTypes = ['enabled', 'adaptive', 'between_tools', 'disabled']
const effortLevels: readonly string[] = efforts

/** The schema of the response, where the API has it now or where it had it before. */
function responseFormat(
  { output_config, output_format }: JsonObject,
  raw: Map<string, string>,
): WritableJson | undefined {
  if (isObject(output_config))
    checkFields(output_config, 'output_config', { translated: ['effort', 'format'] }, [])
  const isNow = isObject(output_config) && isObject(output_config.format)
  const asked = isNow ? output_config.format : output_format
  if (!isObject(asked)) return undefined
  const schema = raw.get(isNow ? '/output_config/format/schema' : '/output_format/schema')
  if (asked.type !== 'json_schema' || schema === undefined) {
    const field = isNow ? 'output_config.format' : 'output_format'
    throw new UntranslatableError(field, 'only a JSON schema can be asked for there')
  }
  return { type: 'json_schema', json_schema: { name: 'response', schema: rawJson(schema), strict: true } }
}

/** Tiers change speed and price; those that have no equivalent are left out. */
function serviceTier(value: Json | undefined, ignored: string[]): string | undefined {
  if (value === undefined || value === null) return undefined
  if (value === 'auto') return 'auto'
  if (value === 'standard_only') return 'default'
  ignored.push('service_tier')
  return undefined
}

function userId(metadata: Json | undefined, ignored: string[]): Json | undefined {
  if (!isObject(metadata)) return undefined
  for (const field of Object.keys(metadata)) if (field !== 'user_id') ignored.push(`metadata.${field}`)
  return metadata.user_id === undefined || metadata.user_id === null
    ? undefined
    : openaiUserId(metadata.user_id)
}
