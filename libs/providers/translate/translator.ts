import type { SseFrame } from '../sse.ts'
import type { ToolNames } from './tool-names.ts'

export type RequestOptions = {
  /** Output tokens to ask for where the client named no limit and the provider needs one. */
  defaultMaxTokens: number
  /**
   * Whose OpenAI endpoint it is: OpenAI's and Azure's own, or one of a compatible server, which may know only the older
   * `max_tokens` and only strings where OpenAI takes lists of text parts.
   */
  server: 'openai' | 'compatible'
  /** What the path of Gemini's requests says and their body does not; of a client's or for a provider. */
  model?: string | undefined
  stream?: boolean | undefined
}

export type TranslatedRequest = {
  body: string
  /** Fields that only their own provider could have used (caching hints and such), for the record. */
  ignored: string[]
  /** Names of tools that the provider knows under another one: provider's → client's. */
  toolNames: ToolNames['renamed']
}

export type ResponseOptions = {
  /** Time for a response that carries none. */
  createdSeconds: number
  /** The model that the client named, for a response that names none. */
  model?: string | undefined
  /** The client asked for usage at the end of a stream. */
  includeUsage: boolean
  /** The client reads a stream as one list of JSON; the provider was asked for no stream. */
  asList?: boolean | undefined
  /** Of the translated request. */
  toolNames: ToolNames['renamed']
}

export type StreamTranslator = {
  /**
   * The client's frames for one of the provider's.
   * @throws MalformedResponseError
   */
  push(frame: SseFrame): SseFrame[]
  /** The client's last frames for a stream that ended without the provider's terminator; none where it was not complete. */
  end(): SseFrame[]
}

/** Lets a client of one format talk with a provider of another. Bodies are JSON texts; tool arguments keep their bytes. */
export type Translator = {
  client: string
  provider: string
  /** @throws UntranslatableError, SyntaxError when the body is not JSON. */
  request(body: string, options: RequestOptions): TranslatedRequest
  /** @throws MalformedResponseError when the body is not a response of the provider's format. */
  response(body: string, options: ResponseOptions): string
  createStream(options: ResponseOptions): StreamTranslator
  /** The client's status and body for an error of the provider's, whatever its body is. */
  error(status: number, body: string): { status: number; body: string }
}
