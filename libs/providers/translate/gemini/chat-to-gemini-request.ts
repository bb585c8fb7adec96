import { isObject, type Json, type JsonObject, stringOf } from '../../json.ts'
import { rawValues, type WritableJson, writeJson } from '../../raw-json.ts'
import { checkFields, eachObject, type FieldRules, isEmpty, isExactly } from '../check-fields.ts'
import { createToolNames, geminiToolName, type ToolNames } from '../tool-names.ts'
import type { RequestOptions, TranslatedRequest } from '../translator.ts'
import { UntranslatableError } from '../untranslatable-error.ts'
import { chatMessagesToContents } from './chat-to-gemini-contents.ts'
import { schemaForGemini } from './schema-for-gemini.ts'
import { thinkingConfig } from './thinking.ts'

const rules: FieldRules = {
  translated: [
    ...[
      'model',
      'messages',
      'max_tokens',
      'max_completion_tokens',
      'temperature',
      'top_p',
      'stop',
      'n',
      'seed',
    ],
    ...['frequency_penalty', 'presence_penalty', 'stream', 'stream_options', 'tools', 'tool_choice'],
    ...['response_format', 'reasoning_effort'],
  ],
  neutral: {
    logprobs: isExactly(false),
    top_logprobs: isExactly(0),
    logit_bias: isEmpty,
    metadata: isEmpty,
    store: isExactly(false),
    function_call: isEmpty,
    functions: isEmpty,
    modalities: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'text',
    parallel_tool_calls: isExactly(true),
  },
  ignored: [
    ...[
      'prompt_cache_key',
      'prompt_cache_retention',
      'prompt_cache_options',
      'prediction',
      'store',
      'metadata',
    ],
    ...['user', 'safety_identifier', 'service_tier', 'parallel_tool_calls', 'verbosity'],
  ],
  reasons: { functions: 'give them as tools', function_call: 'give tool_choice' },
}

/** Sequences that Gemini takes at most. */
const maxStops = 5

/** An OpenAI chat completion request as one of Gemini's `generateContent`; its model and whether it streams stand in the path. */
export function chatToGeminiRequest(text: string, options: RequestOptions): TranslatedRequest {
  const request = JSON.parse(text) as JsonObject
  const model = options.model ?? request.model
  const ignored: string[] = []
  checkFields(request, '', rules, ignored)
  const raw = rawValues(text, [
    ['tools', '*', 'function', 'parameters'],
    ['response_format', 'json_schema', 'schema'],
  ])
  const names = createToolNames(64, geminiToolName)
  const { systemInstruction, contents } = chatMessagesToContents(request.messages, { model, names, ignored })
  const { declarations, isStrict } = declarationsOf(request, raw, names, ignored)
  if (isObject(request.stream_options))
    checkFields(
      request.stream_options,
      'stream_options',
      { translated: ['include_usage'], ignored: ['include_obfuscation'] },
      ignored,
    )
  const generationConfig: { [field: string]: WritableJson | undefined } = {
    maxOutputTokens: given(request.max_completion_tokens ?? request.max_tokens),
    temperature: given(request.temperature),
    topP: given(request.top_p),
    stopSequences: stopSequences(request.stop),
    candidateCount: request.n === 1 ? undefined : given(request.n),
    seed: given(request.seed),
    frequencyPenalty: given(request.frequency_penalty),
    presencePenalty: given(request.presence_penalty),
    thinkingConfig: thinkingConfig(request.reasoning_effort, model, ignored),
    ...responseFormat(request.response_format, raw, ignored),
  }
  const body: WritableJson = {
    systemInstruction,
    contents,
    tools: declarations.length === 0 ? undefined : [{ functionDeclarations: declarations }],
    toolConfig: declarations.length === 0 ? undefined : toolConfig(request.tool_choice, isStrict, names),
    generationConfig: Object.values(generationConfig).some((value) => value !== undefined)
      ? generationConfig
      : undefined,
  }
  return { body: writeJson(body), ignored, toolNames: names.renamed }
}

function given(value: Json | undefined): Json | undefined {
  return value ?? undefined
}

function stopSequences(stop: Json | undefined): Json | undefined {
  const sequences = (Array.isArray(stop) ? stop : [stop ?? '']).filter((it) => it !== null && it !== '')
  if (sequences.length > maxStops)
    throw new UntranslatableError('stop', `there can be at most ${maxStops} there, not ${sequences.length}`)
  return sequences.length === 0 ? undefined : sequences
}

const functionRules: FieldRules = {
  translated: ['name', 'description', 'parameters', 'strict'],
  ignored: ['cache_control'],
}

function declarationsOf(
  request: JsonObject,
  raw: Map<string, string>,
  names: ToolNames,
  ignored: string[],
): { declarations: WritableJson[]; isStrict: boolean } {
  const declarations: WritableJson[] = []
  let isStrict = false
  for (const [index, tool] of eachObject(request.tools, 'tools')) {
    const path = `tools[${index}]`
    const definition = tool.function
    if (tool.type !== 'function' || !isObject(definition))
      throw new UntranslatableError(`${path}.type`, 'only functions can be called there')
    checkFields(tool, path, { translated: ['type', 'function'], ignored: ['cache_control'] }, ignored)
    checkFields(definition, `${path}.function`, functionRules, ignored)
    if (isWithheld(request.tool_choice, definition)) continue
    isStrict ||= definition.strict === true
    const schema = raw.get(`/tools/${index}/function/parameters`)
    declarations.push({
      name: names.toProvider(stringOf(definition.name) ?? ''),
      description: given(definition.description),
      parametersJsonSchema: parametersOf(
        definition.parameters,
        schema,
        `${path}.function.parameters`,
        ignored,
      ),
    })
  }
  return { declarations, isStrict }
}

/** A function without parameters has none there: a schema of an empty object is refused by some models. */
function parametersOf(
  parameters: Json | undefined,
  raw: string | undefined,
  path: string,
  ignored: string[],
): WritableJson | undefined {
  if (!isObject(parameters) || raw === undefined) return undefined
  const { properties } = parameters
  const isEmptyObject = isObject(properties) ? Object.keys(properties).length === 0 : properties === undefined
  if (
    isEmptyObject &&
    parameters.$ref === undefined &&
    !parameters.anyOf &&
    !parameters.allOf &&
    !parameters.oneOf
  )
    return undefined
  if (parameters.type === undefined || parameters.type === null) {
    const typed = { ...parameters, type: 'object' }
    return schemaForGemini(typed, JSON.stringify(typed), path, ignored)
  }
  return schemaForGemini(parameters, raw, path, ignored)
}

/** `allowed_tools` names some of the tools; where the model may do without, the others are not offered at all. */
function isWithheld(choice: Json | undefined, { name }: JsonObject): boolean {
  const allowed = allowedTools(choice)
  return allowed !== undefined && !allowed.includes(String(name))
}

function allowedTools(choice: Json | undefined): string[] | undefined {
  if (!isObject(choice) || choice.type !== 'allowed_tools' || !isObject(choice.allowed_tools))
    return undefined
  return [...eachObject(choice.allowed_tools.tools, 'tool_choice.allowed_tools.tools')].flatMap(([, tool]) =>
    isObject(tool.function) ? [String(tool.function.name)] : [],
  )
}

/** A strict tool asks that calls keep to their schema, which Gemini calls `VALIDATED`. */
function toolConfig(choice: Json | undefined, isStrict: boolean, names: ToolNames): JsonObject | undefined {
  const calling = (mode: string, allowedFunctionNames?: string[]) => ({
    functionCallingConfig: { mode, allowedFunctionNames },
  })
  const free = isStrict ? calling('VALIDATED') : undefined
  if (choice === undefined || choice === null) return free
  const mode = isObject(choice) && isObject(choice.allowed_tools) ? choice.allowed_tools.mode : choice
  if (mode === 'auto') return free ?? calling('AUTO')
  if (mode === 'none') return calling('NONE')
  if (mode === 'required' || mode === 'any') return calling('ANY')
  if (isObject(choice) && choice.type === 'function' && isObject(choice.function))
    return calling('ANY', [names.toProvider(stringOf(choice.function.name) ?? '')])
  throw new UntranslatableError(
    'tool_choice',
    'it is none of none, auto, required, a function, or allowed tools',
  )
}

function responseFormat(
  value: Json | undefined,
  raw: Map<string, string>,
  ignored: string[],
): { responseMimeType?: string; responseJsonSchema?: WritableJson } {
  if (!isObject(value) || value.type === 'text') return {}
  if (value.type === 'json_object') return { responseMimeType: 'application/json' }
  const written = raw.get('/response_format/json_schema/schema')
  const wanted = value.json_schema
  if (value.type !== 'json_schema' || !isObject(wanted) || !isObject(wanted.schema) || written === undefined)
    throw new UntranslatableError(
      'response_format',
      'it is none of text, json_object, and json_schema with a schema',
    )
  const path = 'response_format.json_schema'
  checkFields(wanted, path, { translated: ['name', 'schema', 'strict', 'description'] }, [])
  const { schema, description } = wanted
  const described = typeof description === 'string' && schema.description === undefined
  const whole = described ? { ...schema, description } : schema
  const text = described ? JSON.stringify(whole) : written
  return {
    responseMimeType: 'application/json',
    responseJsonSchema: schemaForGemini(whole, text, `${path}.schema`, ignored),
  }
}
