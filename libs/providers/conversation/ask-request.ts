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
  request(): AskedRequest
}

/** What is costly to compute is computed where a condition asks for it. A class: getters of a literal are made with each object. */
class AskedRequest {
  readonly format: string
  /** `bytes only`: its route is of no format that is known, so that nobody knows who says what. */
  readonly coverage: 'understood' | 'bytes only'
  readonly path: string
  readonly stream: boolean
  readonly sources: string[]
  readonly messages: number
  readonly maxTokens: number
  readonly #asked: Asked

  constructor(asked: Asked) {
    const { format, path, stream, sources, body } = asked
    const { messages, maxTokens } = requestLimits(body())
    this.format = format?.id ?? ''
    this.coverage = format && !format.coverage ? 'understood' : 'bytes only'
    this.path = path
    this.stream = stream
    this.sources = sources
    this.messages = messages
    this.maxTokens = maxTokens
    this.#asked = asked
  }

  get characters(): number {
    return conversationIn(this.#asked.texts()).reduce((sum, { text }) => sum + text.length, 0)
  }

  get estimatedTokens(): number {
    return estimateInputTokens(conversationIn(this.#asked.texts()))
  }

  /** Kinds of its parts that are not read. */
  get unscanned(): string[] {
    return [...new Set(this.#asked.unscanned().map(({ kind }) => kind))].filter((kind) => kind !== 'echo')
  }

  get hasSystemPrompt(): boolean {
    return systemPromptsIn(this.#asked.texts()).length > 0
  }

  /** Names of the tools that the model may call. */
  get tools(): string[] {
    return toolsOf(this.#asked).offered.map(({ name }) => name)
  }
}

type Asked = {
  /** Undefined for a recorded exchange whose format is not known here. */
  format: WireFormat | undefined
  path: string
  stream: boolean
  /** As the client declared them. */
  sources: string[]
  body: () => unknown
  texts: () => readonly TextPart[]
  unscanned: () => readonly Unscanned[]
}

const promptPlace = /^\/(?:system|instructions|messages|input|systemInstruction|system_instruction)\b/

export function askRequest({
  unscanned = () => [],
  ...rest
}: Omit<Asked, 'unscanned'> & Partial<Pick<Asked, 'unscanned'>>): RequestQuestions {
  const asked: Asked = { ...rest, unscanned }
  let said: ReadonlySet<string> | undefined
  return {
    declaresDocuments: asked.sources.length > 0,
    unscanned,
    tools: () => toolsOf(asked),
    systemPrompts: () => systemPromptsIn(asked.texts()),
    requestSays(text) {
      said ??= saidBesideInput(asked.body())
      return said.has(text)
    },
    request: () => new AskedRequest(asked),
  }
}

function toolsOf({ format, body }: Asked): Tools {
  return format?.requestTools(body()) ?? noTools
}

/** What a model reads, without the names and ids around it. */
function conversationIn(texts: readonly TextPart[]): TextPart[] {
  return texts.filter(({ kind }) => kind !== 'unknown')
}

function systemPromptsIn(texts: readonly TextPart[]): string[] {
  return texts
    .filter((part) => part.role === 'system' && part.kind === 'text' && promptPlace.test(part.path))
    .map(({ text }) => text)
}
