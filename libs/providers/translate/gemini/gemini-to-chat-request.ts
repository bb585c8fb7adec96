import { memberOf } from '../../formats/gemini/parts.ts'
import { isObject, type Json, type JsonObject, listOf, stringOf } from '../../json.ts'
import { rawJson, rawValues, type WritableJson, writeJson } from '../../raw-json.ts'
import { type ChatTraits, chatTraits } from '../chat-models.ts'
import { checkFields, eachObject, type FieldRules, isEmpty, isExactly } from '../check-fields.ts'
import { createToolNames, type ToolNames } from '../tool-names.ts'
import type { RequestOptions, TranslatedRequest } from '../translator.ts'
import { UntranslatableError } from '../untranslatable-error.ts'
import { contentsToChatMessages } from './gemini-to-chat-messages.ts'
import { camelCased } from './read-members.ts'
import { schemaFromGemini } from './schema-from-gemini.ts'
import { effortOfThinking } from './thinking.ts'

const rules: FieldRules = {
  translated: ['contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig'],
  // Some clients name the model here too.
  ignored: ['model', 'safetySettings', 'labels', 'serviceTier'],
  reasons: { cachedContent: 'only its own provider has it' },
}

const configRules: FieldRules = {
  translated: [
    ...['temperature', 'topP', 'candidateCount', 'maxOutputTokens', 'stopSequences', 'presencePenalty'],
    ...[
      'frequencyPenalty',
      'seed',
      'responseMimeType',
      'responseSchema',
      'responseJsonSchema',
      'thinkingConfig',
    ],
  ],
  neutral: {
    responseLogprobs: isExactly(false),
    responseModalities: (value) =>
      Array.isArray(value) && value.every((one) => String(one).toLowerCase() === 'text'),
    enableEnhancedCivicAnswers: isExactly(false),
    speechConfig: isEmpty,
    imageConfig: isEmpty,
  },
  // Clients of Gemini's set it by default; OpenAI's format has no such thing.
  ignored: ['topK', 'mediaResolution'],
}

/** A request of Gemini's `generateContent` as an OpenAI chat completion request. */
export function geminiToChatRequest(text: string, options: RequestOptions): TranslatedRequest {
  const request = camelCased(JSON.parse(text) as JsonObject)
  const { server, model, stream } = options
  const ignored: string[] = []
  checkFields(request, '', rules, ignored)
  const config = isObject(request.generationConfig) ? request.generationConfig : {}
  checkFields(config, 'generationConfig', configRules, ignored)
  const raw = rawValues(text, [
    ...['functionCall', 'function_call'].map((call) => ['contents', '*', 'parts', '*', call, 'args']),
    ...['functionResponse', 'function_response'].map((it) => ['contents', '*', 'parts', '*', it, 'response']),
  ])
  const names = createToolNames(64)
  const traits = chatTraits(model)
  const tools = toolsOf(request, names, ignored)
  const limit = config.maxOutputTokens
  const body: WritableJson = {
    model,
    messages: contentsToChatMessages(request, raw, { names, server, traits, model, ignored }),
    [server === 'openai' ? 'max_completion_tokens' : 'max_tokens']:
      typeof limit === 'number' ? Math.min(limit, traits.maxOutputTokens) : (limit ?? undefined),
    temperature: sampled(config, 'temperature', traits, ignored),
    top_p: sampled(config, 'topP', traits, ignored),
    n: config.candidateCount === 1 ? undefined : (config.candidateCount ?? undefined),
    stop: stop(config.stopSequences, server),
    presence_penalty: config.presencePenalty ?? undefined,
    frequency_penalty: config.frequencyPenalty ?? undefined,
    seed: config.seed ?? undefined,
    stream: stream === true ? true : undefined,
    stream_options: stream === true ? { include_usage: true } : undefined,
    tools,
    tool_choice: tools && toolChoice(request.toolConfig, names, ignored),
    reasoning_effort: effortOfThinking(config.thinkingConfig, traits.efforts, ignored),
    response_format: responseFormat(config),
  }
  return { body: writeJson(body), ignored, toolNames: names.renamed }
}

/** Models that reason take no other sampling than their own. */
function sampled(
  config: JsonObject,
  field: 'temperature' | 'topP',
  { samples }: ChatTraits,
  ignored: string[],
): Json | undefined {
  const value = config[field] ?? undefined
  if (value === undefined || samples) return value
  if (value !== 1) ignored.push(`generationConfig.${field}`)
  return undefined
}

function stop(sequences: Json | undefined, server: RequestOptions['server']): Json | undefined {
  if (!Array.isArray(sequences) || sequences.length === 0) return undefined
  if (sequences.length > 4 && server === 'openai')
    throw new UntranslatableError(
      'generationConfig.stopSequences',
      `there can be at most 4 there, not ${sequences.length}`,
    )
  return sequences
}

const declarationRules: FieldRules = {
  translated: ['name', 'description', 'parameters', 'parametersJsonSchema'],
  neutral: { behavior: isExactly('BLOCKING', 'UNSPECIFIED') },
  ignored: ['response', 'responseJsonSchema'],
}

function toolsOf(request: JsonObject, names: ToolNames, ignored: string[]): WritableJson[] | undefined {
  const allowed = allowedNames(request.toolConfig)
  const tools: WritableJson[] = []
  for (const [index, tool] of eachObject(request.tools, 'tools')) {
    const path = `tools[${index}]`
    for (const kind of Object.keys(tool))
      if (kind !== 'functionDeclarations' && !isEmptyList(tool[kind]))
        throw new UntranslatableError(`${path}.${kind}`, `only its own provider can run ${kind}`)
    for (const [at, declared] of eachObject(tool.functionDeclarations, `${path}.functionDeclarations`)) {
      checkFields(declared, `${path}.functionDeclarations[${at}]`, declarationRules, ignored)
      const name = stringOf(declared.name) ?? ''
      if (allowed.length > 0 && !allowed.includes(name)) continue
      const { parameters, parametersJsonSchema } = declared
      tools.push({
        type: 'function',
        function: {
          name: names.toProvider(name),
          description: declared.description ?? undefined,
          parameters: parametersJsonSchema ?? (parameters ? schemaFromGemini(parameters) : undefined),
        },
      })
    }
  }
  return tools.length === 0 ? undefined : tools
}

function isEmptyList(value: Json | undefined): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0)
}

/** Functions that alone may be called: the others are not offered. */
function allowedNames(config: Json | undefined): string[] {
  const calling = isObject(config) ? config.functionCallingConfig : undefined
  return isObject(calling) ? listOf(calling.allowedFunctionNames).map(String) : []
}

function toolChoice(config: Json | undefined, names: ToolNames, ignored: string[]): WritableJson | undefined {
  if (!isObject(config)) return undefined
  checkFields(
    config,
    'toolConfig',
    { translated: ['functionCallingConfig'], ignored: ['retrievalConfig'] },
    ignored,
  )
  const calling = config.functionCallingConfig
  if (!isObject(calling)) return undefined
  const mode = String(calling.mode ?? 'AUTO').toUpperCase()
  if (mode === 'AUTO' || mode === 'VALIDATED' || mode === 'MODE_UNSPECIFIED') return 'auto'
  if (mode === 'NONE') return 'none'
  const [only, ...others] = allowedNames(config)
  if (mode === 'ANY' && only !== undefined && others.length === 0)
    return { type: 'function', function: { name: names.toProvider(only) } }
  if (mode === 'ANY') return 'required'
  throw new UntranslatableError(
    'toolConfig.functionCallingConfig.mode',
    'it is none of AUTO, ANY, VALIDATED, NONE',
  )
}

function responseFormat(config: JsonObject): WritableJson | undefined {
  const type = config.responseMimeType
  if (type === undefined || type === null || type === '' || type === 'text/plain') return undefined
  if (type !== 'application/json')
    throw new UntranslatableError(
      'generationConfig.responseMimeType',
      'only text and JSON can be asked for there',
    )
  const own = memberOf(config, 'responseSchema')
  const schema = config.responseJsonSchema ?? (isObject(own) ? schemaFromGemini(own) : undefined)
  if (!isObject(schema)) return { type: 'json_object' }
  return { type: 'json_schema', json_schema: { name: 'response', schema: rawJson(JSON.stringify(schema)) } }
}
