import { isObject, type Json, type JsonObject } from '../json.ts'
import { rawJson, rawValues, type WritableJson, writeJson } from '../raw-json.ts'
import { checkFields, eachObject, type FieldRules, isEmpty, isExactly } from './check-fields.ts'
import { messagesToChatMessages } from './messages-to-chat-messages.ts'
import type { RequestOptions, TranslatedRequest } from './translator.ts'
import { UntranslatableError } from './untranslatable-error.ts'

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
    'service_tier',
    'metadata',
  ],
  neutral: { mcp_servers: isEmpty, context_management: isEmpty },
  ignored: ['cache_control'],
}

/** An Anthropic Messages request as an OpenAI chat completion request. */
export function messagesToChatRequest(text: string, options: RequestOptions): TranslatedRequest {
  const request = JSON.parse(text) as JsonObject
  const ignored: string[] = []
  checkFields(request, '', rules, ignored)
  const raw = rawValues(text, [
    ['messages', '*', 'content', '*', 'input'],
    ['tools', '*', 'input_schema'],
    ['output_config', 'format', 'schema'],
  ])
  const body: WritableJson = {
    model: request.model,
    messages: messagesToChatMessages(request, raw, ignored),
    [options.maxTokensField]: request.max_tokens ?? undefined,
    stop: stop(request.stop_sequences),
    temperature: request.temperature ?? undefined,
    top_p: request.top_p ?? undefined,
    stream: request.stream ?? undefined,
    stream_options: request.stream === true ? { include_usage: true } : undefined,
    tools: toolsOf(request.tools, raw, ignored),
    ...toolChoice(request.tool_choice),
    reasoning_effort: reasoningEffort(request),
    response_format: responseFormat(request.output_config, raw),
    service_tier: serviceTier(request.service_tier),
    user: userId(request.metadata),
  }
  return { body: writeJson(body), ignored }
}

function stop(sequences: Json | undefined): Json | undefined {
  if (!Array.isArray(sequences) || sequences.length === 0) return undefined
  if (sequences.length > 4) {
    throw new UntranslatableError('stop_sequences', `there can be at most 4 there, not ${sequences.length}`)
  }
  return sequences
}

const toolRules: FieldRules = {
  translated: ['name', 'description', 'input_schema', 'type', 'strict'],
  neutral: {
    defer_loading: isExactly(false),
    input_examples: isEmpty,
    allowed_callers: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'direct',
  },
  ignored: ['cache_control', 'eager_input_streaming'],
}

function toolsOf(
  tools: Json | undefined,
  raw: Map<string, string>,
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
        name: tool.name,
        description: tool.description ?? undefined,
        parameters: schema === undefined ? undefined : rawJson(schema),
        strict: tool.strict ?? undefined,
      },
    }
  })
  return translated.length === 0 ? undefined : translated
}

function toolChoice(choice: Json | undefined): { [field: string]: WritableJson | undefined } {
  if (!isObject(choice)) return {}
  const translated = ['type', 'name', 'disable_parallel_tool_use']
  checkFields(choice, 'tool_choice', { translated }, [])
  const parallel_tool_calls = choice.disable_parallel_tool_use === true ? false : undefined
  if (choice.type === 'auto') return { tool_choice: 'auto', parallel_tool_calls }
  if (choice.type === 'any') return { tool_choice: 'required', parallel_tool_calls }
  if (choice.type === 'none') return { tool_choice: 'none' }
  if (choice.type === 'tool') {
    return { tool_choice: { type: 'function', function: { name: choice.name } }, parallel_tool_calls }
  }
  throw new UntranslatableError('tool_choice.type', 'it is none of auto, any, tool, none')
}

function reasoningEffort({ thinking, output_config }: JsonObject): Json | undefined {
  if (isObject(thinking)) {
    checkFields(
      thinking,
      'thinking',
      {
        translated: ['type'],
        neutral: { display: isExactly('summarized') },
        reasons: {
          budget_tokens:
            'reasoning has no budget there; give thinking.type adaptive and output_config.effort',
        },
      },
      [],
    )
    if (thinking.type !== 'adaptive' && thinking.type !== 'disabled') {
      throw new UntranslatableError('thinking.type', 'it must be adaptive or disabled there')
    }
  }
  return isObject(output_config) ? (output_config.effort ?? undefined) : undefined
}

function responseFormat(config: Json | undefined, raw: Map<string, string>): WritableJson | undefined {
  if (!isObject(config)) return undefined
  checkFields(config, 'output_config', { translated: ['effort', 'format'] }, [])
  const schema = raw.get('/output_config/format/schema')
  if (!isObject(config.format)) return undefined
  if (config.format.type !== 'json_schema' || schema === undefined) {
    throw new UntranslatableError('output_config.format', 'only a JSON schema can be asked for there')
  }
  return { type: 'json_schema', json_schema: { name: 'response', schema: rawJson(schema), strict: true } }
}

function serviceTier(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  if (value === 'auto') return 'auto'
  if (value === 'standard_only') return 'default'
  throw new UntranslatableError('service_tier', 'it must be auto or standard_only')
}

function userId(metadata: Json | undefined): Json | undefined {
  if (!isObject(metadata)) return undefined
  checkFields(metadata, 'metadata', { translated: ['user_id'] }, [])
  return metadata.user_id ?? undefined
}
