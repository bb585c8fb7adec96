import type { FormatId } from '../wire-format.ts'
import { chatToMessagesRequest } from './chat-to-messages-request.ts'
import { chatToMessagesResponse } from './chat-to-messages-response.ts'
import { createChatToMessagesStream } from './chat-to-messages-stream.ts'
import { chatToMessagesError, messagesToChatError } from './errors.ts'
import { messagesToChatRequest } from './messages-to-chat-request.ts'
import { messagesToChatResponse } from './messages-to-chat-response.ts'
import { createMessagesToChatStream } from './messages-to-chat-stream.ts'
import type { Translator } from './translator.ts'

const translators: Translator[] = [
  {
    client: 'openai.chat',
    provider: 'anthropic.messages',
    request: chatToMessagesRequest,
    response: messagesToChatResponse,
    createStream: createMessagesToChatStream,
    error: messagesToChatError,
  },
  {
    client: 'anthropic.messages',
    provider: 'openai.chat',
    request: messagesToChatRequest,
    response: chatToMessagesResponse,
    createStream: createChatToMessagesStream,
    error: chatToMessagesError,
  },
]

/** The translator for a client of one format and a provider of another; undefined where there is none. */
export function translatorBetween(client: FormatId, provider: FormatId): Translator | undefined {
  return translators.find((translator) => translator.client === client && translator.provider === provider)
}
