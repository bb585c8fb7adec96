import { openaiChat } from './formats/openai-chat.ts'
import { openaiCompletions } from './formats/openai-completions.ts'
import { openaiEmbeddings } from './formats/openai-embeddings.ts'
import { openaiModels } from './formats/openai-models.ts'
import type { FormatId, WireFormat } from './wire-format.ts'

/** The wire formats by id. */
export const formats = {
  'openai.chat': openaiChat,
  'openai.completions': openaiCompletions,
  'openai.embeddings': openaiEmbeddings,
  'openai.models': openaiModels,
} satisfies Partial<Record<FormatId, WireFormat>>

const routes = new Map<string, WireFormat>([
  ['POST /v1/chat/completions', openaiChat],
  ['POST /v1/completions', openaiCompletions],
  ['POST /v1/embeddings', openaiEmbeddings],
  ['GET /v1/models', openaiModels],
])

/** The format that is spoken at a route; `path` without its query. Undefined: not a route of ours. */
export function formatOfPath(method: string, path: string): WireFormat | undefined {
  const known = routes.get(`${method} ${path}`)
  if (known) return known
  return method === 'GET' && /^\/v1\/models\/.+/.test(path) ? openaiModels : undefined
}
