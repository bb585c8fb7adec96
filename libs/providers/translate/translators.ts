import type { ProviderApi } from '../wire-format.ts'
import { chatToMessagesRequest } from './chat-to-messages-request.ts'
import { chatToMessagesResponse } from './chat-to-messages-response.ts'
import { createChatToMessagesStream } from './chat-to-messages-stream.ts'
import { chatToMessagesError, messagesToChatError } from './errors.ts'
import { chatToGeminiRequest } from './gemini/chat-to-gemini-request.ts'
import { chatToGeminiResponse } from './gemini/chat-to-gemini-response.ts'
import { createChatToGeminiStream } from './gemini/chat-to-gemini-stream.ts'
import { chatToGeminiError, geminiToChatError } from './gemini/errors.ts'
import { geminiToChatRequest } from './gemini/gemini-to-chat-request.ts'
import { geminiToChatResponse } from './gemini/gemini-to-chat-response.ts'
import { createGeminiToChatStream } from './gemini/gemini-to-chat-stream.ts'
import { messagesToChatRequest } from './messages-to-chat-request.ts'
import { messagesToChatResponse } from './messages-to-chat-response.ts'
import { createMessagesToChatStream } from './messages-to-chat-stream.ts'
import { throughChat } from './through-chat.ts'
import type { Translator } from './translator.ts'

const chatAtMessages: Translator = {
  client: 'openai.chat',
  provider: 'anthropic.messages',
  request: chatToMessagesRequest,
  response: messagesToChatResponse,
  createStream: createMessagesToChatStream,
  error: messagesToChatError,
}

const messagesAtChat: Translator = {
  client: 'anthropic.messages',
  provider: 'openai.chat',
  request: messagesToChatRequest,
  response: chatToMessagesResponse,
  createStream: createChatToMessagesStream,
  error: chatToMessagesError,
}

const chatAtGemini: Translator = {
  client: 'openai.chat',
  provider: 'gemini.generate-content',
  request: chatToGeminiRequest,
  response: geminiToChatResponse,
  createStream: createGeminiToChatStream,
  error: geminiToChatError,
}

const geminiAtChat: Translator = {
  client: 'gemini.generate-content',
  provider: 'openai.chat',
  request: geminiToChatRequest,
  response: chatToGeminiResponse,
  createStream: createChatToGeminiStream,
  error: chatToGeminiError,
}

const translators = [
  ...[chatAtMessages, messagesAtChat, chatAtGemini, geminiAtChat],
  throughChat(messagesAtChat, chatAtGemini),
  throughChat(geminiAtChat, chatAtMessages),
]

/** The translator for a client of one format and a provider of another; undefined where there is none. */
export function translatorBetween(client: string, provider: string): Translator | undefined {
  return translators.find((translator) => translator.client === client && translator.provider === provider)
}

/** The translation of errors for clients of one API that a provider of another responded to. */
export function translateErrorFor(client: ProviderApi, provider: ProviderApi): Translator['error'] {
  const id = client === 'anthropic' ? 'anthropic.messages' : 'openai.chat'
  const other = { anthropic: 'anthropic.messages', gemini: 'gemini.generate-content', openai: 'openai.chat' }[
    provider
  ]
  return (translatorBetween(id, other) ?? (client === 'anthropic' ? messagesAtChat : chatAtMessages)).error
}
