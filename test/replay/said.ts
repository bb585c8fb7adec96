/** What a response says, whatever format it came in. */
export type Said = {
  text: string
  reasoning: string
  calls: { name: string; args: unknown }[]
  end: 'stop' | 'calls' | 'length' | 'refusal'
}

/** Formats that are translated into each other. */
export type TranslatedFormat = 'openai.chat' | 'anthropic.messages' | 'gemini.generate-content'
/** OpenAI's Responses go to providers that speak them. */
export type Format = TranslatedFormat | 'openai.responses'
export type Ask = {
  baseUrl: string
  headers: Record<string, string>
  body: Record<string, unknown>
  stream: boolean
}
