import { anthropicCountTokens } from './formats/anthropic-count-tokens.ts'
import { anthropicMessages } from './formats/anthropic-messages.ts'
import { openaiChat } from './formats/openai-chat.ts'
import { openaiCompletions } from './formats/openai-completions.ts'
import { openaiEmbeddings } from './formats/openai-embeddings.ts'
import { openaiModels } from './formats/openai-models.ts'
import { openaiResponses } from './formats/openai-responses.ts'
import { openaiInputTokens, openaiStoredResponses } from './formats/openai-stored-responses.ts'
import type { FormatId, WireFormat } from './wire-format.ts'

/** The wire formats by id. */
export const formats = {
  'openai.chat': openaiChat,
  'openai.completions': openaiCompletions,
  'openai.embeddings': openaiEmbeddings,
  'openai.responses': openaiResponses,
  'openai.stored-responses': openaiStoredResponses,
  'openai.input-tokens': openaiInputTokens,
  'openai.models': openaiModels,
  'anthropic.messages': anthropicMessages,
  'anthropic.count-tokens': anthropicCountTokens,
} satisfies Record<FormatId, WireFormat>

const routes = new Map<string, WireFormat>([
  ['POST /v1/chat/completions', openaiChat],
  ['POST /v1/completions', openaiCompletions],
  ['POST /v1/embeddings', openaiEmbeddings],
  ['POST /v1/responses', openaiResponses],
  ['POST /v1/responses/compact', openaiResponses],
  ['POST /v1/responses/input_tokens', openaiInputTokens],
  ['POST /v1/messages', anthropicMessages],
  ['POST /v1/messages/count_tokens', anthropicCountTokens],
  ['GET /v1/models', openaiModels],
])

const modelPath = /^\/v1\/models\/.+/
/** A segment that leads up, plain or encoded: the provider would take it for another route, and the credential is good there. */
const climbs = /(?:^|[/\\]|%2f|%5c)(?:\.|%2e){1,2}(?:$|[/\\]|%2f|%5c)/i

/** The format that is spoken at a route; `path` without its query. Undefined: not a route of ours. */
export function formatOfPath(method: string, path: string): WireFormat | undefined {
  const known = routes.get(`${method} ${path}`)
  if (known) return known
  if (storedResponse.test(`${method} ${path}`)) return openaiStoredResponses
  return method === 'GET' && modelOfPath(path) !== undefined ? openaiModels : undefined
}

const storedResponse =
  /^(?:(?:GET|DELETE) \/v1\/responses\/[\w-]+|GET \/v1\/responses\/[\w-]+\/input_items|POST \/v1\/responses\/[\w-]+\/cancel)$/

/** The model that `/v1/models/{model}` names; names may have slashes, and lead nowhere else than to a model. */
export function modelOfPath(path: string): string | undefined {
  if (!modelPath.test(path) || climbs.test(path)) return undefined
  try {
    return decodeURIComponent(path.slice('/v1/models/'.length))
  } catch {
    return undefined
  }
}
