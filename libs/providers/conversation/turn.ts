/**
 * One contribution to a conversation, in a form that does not depend on the wire format, nor on whether it comes as a
 * request's history or as a response: the response to one request and its repetition in the next are equal.
 */
export type Turn = {
  kind: 'message' | 'reasoning' | 'tool-call' | 'tool-result'
  role: 'system' | 'user' | 'assistant' | 'tool'
  /**
   * Plain text where there is nothing else; the arguments of a call, and content with images or documents, as JSON with
   * sorted keys.
   */
  content: string
  /** Of the tool. */
  name?: string
  /** By which a result names its call. */
  callId?: string
}

/** What a request says, in order, and of which stored response it is the continuation. */
export type AskedTurns = { turns: Turn[]; continues?: string }

/** What a response says, in order, and the id by which a later request may continue it. */
export type ResponseTurns = { turns: Turn[]; id?: string }
