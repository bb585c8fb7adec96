import { anthropicBatches } from './formats/anthropic-batches/format.ts'
import { anthropicCountTokens } from './formats/anthropic-count-tokens/format.ts'
import { anthropicFiles } from './formats/anthropic-files/format.ts'
import { anthropicMessages } from './formats/anthropic-messages/format.ts'
import { geminiCount } from './formats/gemini-count/format.ts'
import { geminiEmbed } from './formats/gemini-embed/format.ts'
import { geminiGenerate } from './formats/gemini-generate/format.ts'
import { genericAnthropic, genericGemini, genericOpenai } from './formats/generic/format.ts'
import { mcp } from './formats/mcp/format.ts'
import { openaiAudio } from './formats/openai-audio/format.ts'
import { openaiBatches } from './formats/openai-batches/format.ts'
import { openaiChat } from './formats/openai-chat/format.ts'
import { openaiCompletions } from './formats/openai-completions/format.ts'
import { openaiConversations } from './formats/openai-conversations/format.ts'
import { openaiEmbeddings } from './formats/openai-embeddings/format.ts'
import { openaiFiles } from './formats/openai-files/format.ts'
import { openaiImages } from './formats/openai-images/format.ts'
import { openaiInputTokens } from './formats/openai-input-tokens/format.ts'
import { openaiModels } from './formats/openai-models/format.ts'
import { openaiModerations } from './formats/openai-moderations/format.ts'
import { openaiResponses } from './formats/openai-responses/format.ts'
import { openaiStoredResponses } from './formats/openai-stored-responses/format.ts'
import { openaiVectorStores } from './formats/openai-vector-stores/format.ts'
import { rerank } from './formats/rerank/format.ts'
import type { JsonObject } from './json.ts'
import type { WireFormat } from './wire-format.ts'

/** The wire formats, and how to find the one that is meant. */
export type FormatIndex = {
  all: readonly WireFormat[]
  /** By its id, which may be that of a later version's format. */
  find(id: string | undefined): WireFormat | undefined
  /** The format that is spoken at a route; `path` without its query. Undefined: not a route of ours. */
  ofPath(method: string, path: string): WireFormat | undefined
  /** The format of a plain response or of a stream's frame, by what it looks like; undefined where it may be any. */
  ofResponse(json: JsonObject): WireFormat | undefined
}

export function indexFormats(all: readonly WireFormat[]): FormatIndex {
  const byId = new Map(all.map((format) => [format.id, format]))
  const byRoute = new Map(all.flatMap((format) => format.routes.map((route) => [route, format])))
  const patterns = all.filter(({ matchesRoute }) => matchesRoute)
  return {
    all,
    find: (id) => (id === undefined ? undefined : byId.get(id)),
    ofPath: (method, path) =>
      byRoute.get(`${method} ${path}`) ?? patterns.find((format) => format.matchesRoute!(method, path)),
    ofResponse: (json) => all.find((format) => format.isResponse(json)),
  }
}

/** The wire formats by id. A new one is a folder in `formats/` and a line here. */
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
  'anthropic.batches': anthropicBatches,
  'anthropic.files': anthropicFiles,
  'openai.audio': openaiAudio,
  'openai.batches': openaiBatches,
  'openai.conversations': openaiConversations,
  'openai.files': openaiFiles,
  'openai.images': openaiImages,
  'openai.moderations': openaiModerations,
  'openai.vector-stores': openaiVectorStores,
  rerank,
  'mcp.message': mcp,
  'gemini.generate-content': geminiGenerate,
  'gemini.embed-content': geminiEmbed,
  'gemini.count-tokens': geminiCount,
  'generic.gemini': genericGemini,
  'generic.openai': genericOpenai,
  'generic.anthropic': genericAnthropic,
} satisfies Record<string, WireFormat>

export type FormatId = keyof typeof formats

const index = indexFormats(Object.values(formats))

/** Spoken to clients at routes that are not known: most of them know OpenAI's errors. */
export const defaultFormat: WireFormat = openaiChat

export const allFormats = index.all
export const findFormat = index.find
export const formatOfPath = index.ofPath
export const formatOfResponse = index.ofResponse

/** Of messages to and from MCP servers, which no route of models speaks. */
export const mcpFormat: WireFormat = mcp
