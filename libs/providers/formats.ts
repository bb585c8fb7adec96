import { anthropicCountTokens } from './formats/anthropic-count-tokens.ts'
import { anthropicMessages } from './formats/anthropic-messages.ts'
import { openaiChat } from './formats/openai-chat.ts'
import { openaiCompletions } from './formats/openai-completions.ts'
import { openaiEmbeddings } from './formats/openai-embeddings.ts'
import { openaiModels } from './formats/openai-models.ts'
import { openaiResponses } from './formats/openai-responses.ts'
import type { FormatId, WireFormat } from './wire-format.ts'

/** The wire formats by id. */
export const formats = {
  'openai.chat': openaiChat,
  'openai.completions': openaiCompletions,
  'openai.embeddings': openaiEmbeddings,
  'openai.responses': openaiResponses,
  'openai.models': openaiModels,
  'anthropic.messages': anthropicMessages,
  'anthropic.count-tokens': anthropicCountTokens,
} satisfies Record<FormatId, WireFormat>

const routes = new Map<string, WireFormat>([
  ['POST /v1/chat/completions', openaiChat],
  ['POST /v1/completions', openaiCompletions],
  ['POST /v1/embeddings', openaiEmbeddings],
  ['POST /v1/responses', openaiResponses],
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
  return method === 'GET' && modelPath.test(path) && !climbs.test(path) ? openaiModels : undefined
}
