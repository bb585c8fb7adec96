import type { ProviderApi } from '../wire-format.ts'
import { chatToMessagesRequest } from './chat-to-messages-request.ts'
import { chatToMessagesResponse } from './chat-to-messages-response.ts'
import { createChatToMessagesStream } from './chat-to-messages-stream.ts'
import { chatToMessagesError, messagesToChatError } from './errors.ts'
import { messagesToChatRequest } from './messages-to-chat-request.ts'
import { messagesToChatResponse } from './messages-to-chat-response.ts'
import { createMessagesToChatStream } from './messages-to-chat-stream.ts'
import type { Translator } from './translator.ts'

const chatClients: Translator = {
  client: 'openai.chat',
  provider: 'anthropic.messages',
  request: chatToMessagesRequest,
  response: messagesToChatResponse,
  createStream: createMessagesToChatStream,
  error: messagesToChatError,
}

const messagesClients: Translator = {
  client: 'anthropic.messages',
  provider: 'openai.chat',
  request: messagesToChatRequest,
  response: chatToMessagesResponse,
  createStream: createChatToMessagesStream,
  error: chatToMessagesError,
}

const translators = [chatClients, messagesClients]

/** The translator for a client of one format and a provider of another; undefined where there is none. */
export function translatorBetween(client: string, provider: string): Translator | undefined {
  return translators.find((translator) => translator.client === client && translator.provider === provider)
}

/** The translation of errors for clients of one API that a provider of the other responded to. */
export function translateErrorFor(client: ProviderApi): Translator['error'] {
  return (client === 'anthropic' ? messagesClients : chatClients).error
}
