import type { Finding, TextSource } from '@airs-cp/events'
import type { ConditionFacts } from './condition/facts.ts'
import type { FinderMemory } from './finder-memory.ts'
import type { ScanCache } from './scan-cache.ts'
import type { SecondOpinions } from './second-stage.ts'
import type { Limits } from './throttle.ts'
import type { ToolUse } from './tool-calls/tool-use.ts'

export type Direction = 'request' | 'response'

/** A string of a request or response. Without role and kind it counts as the user's in a request, as the model's in a response. */
export type EvaluatedText = {
  path: string
  text: string
  role?: 'system' | 'user' | 'assistant' | 'tool' | 'unknown'
  kind?: 'text' | 'tool-arguments' | 'tool-result' | 'tool-definition' | 'document' | 'unknown'
  /**
   * It can be judged and not changed: `signed`, since a signature beside it would not fit any more, so that it is passed on as it is
   * unless a policy blocks; `encoded`, since it cannot be written back, so that what had to be changed is blocked.
   */
  fixed?: 'signed' | 'encoded'
  /** Path of the text that it goes on from: whoever reads them reads one text. */
  continues?: string
}

/** A part of a request or response that was not read, and of what kind it is. */
export type Unscanned = { path: string; kind: string; reason: string }

/** What a condition can ask of a request beyond its subject. */
export type RequestTraits = Pick<
  ConditionFacts['request'],
  | 'format'
  | 'path'
  | 'stream'
  | 'sources'
  | 'messages'
  | 'characters'
  | 'estimatedTokens'
  | 'maxTokens'
  | 'hasSystemPrompt'
  | 'tools'
  | 'unscanned'
  | 'coverage'
>

/** Of a message to or from an MCP server. */
export type McpFacts = ConditionFacts['mcp']

/** What else an evaluation may need. Each is asked for only where a policy wants it. */
export type EvaluationContext = {
  /** Traits of the request, in both directions. */
  request?: () => RequestTraits
  /** What of this direction was not read. */
  unscanned?: () => readonly Unscanned[]
  /** Tools offered and called in this direction. */
  tools?: () => ToolUse
  /** Of a response: the system prompt that it was given. */
  systemPrompts?: () => string[]
  /** Of a response: whether its request says a text beside its conversation. */
  requestSays?: (text: string) => boolean
  /** The client declared documents (`X-AIRS-Sources`): it is unknown which of the user's words are theirs. */
  declaresDocuments?: boolean
  /** Absent where a model is called. */
  mcp?: McpFacts
  /** The texts are as they were recorded: masks in them stand for these findings. */
  masked?: readonly Finding[]
  cache?: ScanCache
  /** Without it, limits are never exceeded. */
  throttle?: Limits
  /** Of a request; without it the first stage decides alone. */
  secondStage?: SecondOpinions
  /** What an evaluation before this one has looked at in the same texts. */
  memory?: FinderMemory
}

export function sourceOf(
  { role, kind }: Pick<EvaluatedText, 'role' | 'kind'>,
  direction: Direction,
  declaresDocuments: boolean,
): TextSource {
  if (kind === 'tool-result' || role === 'tool') return 'tool'
  if (kind === 'document') return 'document'
  if (direction === 'response' || role === 'assistant') return 'model'
  if (kind === 'tool-definition' || role === 'system') return 'system'
  return declaresDocuments ? 'document' : 'user'
}
