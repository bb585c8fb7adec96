import { countOf, isObject, type JsonObject } from '../json.ts'

/** Where the wire formats and the servers that speak them take a limit of output tokens from. */
const tokenLimits = [
  'max_completion_tokens',
  'max_output_tokens',
  'max_tokens',
  'maxOutputTokens',
  'num_predict',
]
/** Members that hold such limits in some formats: Gemini's, Ollama's. */
const holders = ['generationConfig', 'generation_config', 'options']

/**
 * How long a conversation a request contains, and how long a response it allows; zero where it does not say.
 *
 * Several limits in one request are read differently by different servers, so the largest counts. A limit that is no count (a
 * string, a negative number) means what its server makes of it, so it counts as no limit at all.
 */
export function requestLimits(body: unknown): { messages: number; maxTokens: number } {
  if (!isObject(body)) return { messages: 0, maxTokens: 0 }
  const turns = [body.messages, body.input, body.prompt, body.contents].find(
    (list) => list !== undefined && list !== null,
  )
  const limits = [body, ...holders.map((name) => body[name]).filter(isObject)].flatMap(limitsIn)
  return {
    messages: Array.isArray(turns) ? turns.length : turns === undefined ? 0 : 1,
    maxTokens: Math.min(Math.max(0, ...limits), Number.MAX_SAFE_INTEGER),
  }
}

function limitsIn(holder: JsonObject): number[] {
  return tokenLimits
    .map((name) => holder[name])
    .filter((limit) => limit !== undefined && limit !== null)
    .map((limit) => countOf(limit) ?? Number.MAX_SAFE_INTEGER)
}
