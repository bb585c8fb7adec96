import type { TextPart, Unscanned } from '../text-part.ts'
import { estimateInputTokens } from '../usage/estimate-usage.ts'
import type { WireFormat } from '../wire-format.ts'
import { requestLimits } from './request-limits.ts'
import { saidBesideInput } from './said-beside-input.ts'
import { noTools, type Tools } from './tools.ts'

/** What policies may ask of a request, whoever evaluates them; nothing is computed before one of them does. */
export type RequestQuestions = {
  /** The client declared documents: it is unknown which of the user's words are theirs. */
  declaresDocuments: boolean
  unscanned(): readonly Unscanned[]
  tools(): Tools
  /** The instructions of the app's operator; schemas and descriptions of tools are not among it. */
  systemPrompts(): string[]
  /** Whether it says a text beside its conversation, so that a response may repeat it. */
  requestSays(text: string): boolean
  request(): {
    format: string
    path: string
    stream: boolean
    sources: string[]
    messages: number
    maxTokens: number
    readonly characters: number
    readonly estimatedTokens: number
    /** Kinds of its parts that are not read. */
    readonly unscanned: string[]
    /** `bytes only`: its route is of no format that is known, so that nobody knows who says what. */
    coverage: 'understood' | 'bytes only'
    readonly hasSystemPrompt: boolean
    /** Names of the tools that the model may call. */
    readonly tools: string[]
  }
}

const promptPlace = /^\/(?:system|instructions|messages|input|systemInstruction|system_instruction)\b/

export function askRequest({
  format,
  path,
  stream,
  sources,
  body,
  texts,
  unscanned = () => [],
}: {
  /** Undefined for a recorded exchange whose format is not known here. */
  format: WireFormat | undefined
  path: string
  stream: boolean
  /** As the client declared them. */
  sources: string[]
  body: () => unknown
  texts: () => readonly TextPart[]
  unscanned?: () => readonly Unscanned[]
}): RequestQuestions {
  const tools = () => format?.requestTools(body()) ?? noTools
  /** What a model reads, without the names and ids around it. */
  const conversation = () => texts().filter(({ kind }) => kind !== 'unknown')
  const systemPrompts = () =>
    texts()
      .filter((part) => part.role === 'system' && part.kind === 'text' && promptPlace.test(part.path))
      .map(({ text }) => text)
  let said: ReadonlySet<string> | undefined
  return {
    declaresDocuments: sources.length > 0,
    unscanned,
    tools,
    systemPrompts,
    requestSays(text) {
      said ??= saidBesideInput(body())
      return said.has(text)
    },
    request: () => ({
      format: format?.id ?? '',
      path,
      stream,
      sources,
      coverage: format && !format.coverage ? 'understood' : 'bytes only',
      ...requestLimits(body()),
      get characters() {
        return conversation().reduce((sum, { text }) => sum + text.length, 0)
      },
      get estimatedTokens() {
        return estimateInputTokens(conversation())
      },
      get unscanned() {
        return [...new Set(unscanned().map(({ kind }) => kind))].filter((kind) => kind !== 'echo')
      },
      get hasSystemPrompt() {
        return systemPrompts().length > 0
      },
      get tools() {
        return tools().offered.map(({ name }) => name)
      },
    }),
  }
}
