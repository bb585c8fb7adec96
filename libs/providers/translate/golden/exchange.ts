import { parseObject } from '../../json.ts'
import { createSseParser } from '../../sse.ts'
import type { RequestOptions, ResponseOptions, Translator } from '../translator.ts'
import { translatorBetween } from '../translators.ts'

/** Folders of golden files: the formats of client and provider, and the model that the path of a Gemini client's requests names. */
const pairs = {
  'openai-client': { client: 'openai.chat', provider: 'anthropic.messages', model: undefined },
  'anthropic-client': { client: 'anthropic.messages', provider: 'openai.chat', model: undefined },
  'openai-client-of-gemini': { client: 'openai.chat', provider: 'gemini.generate-content', model: undefined },
  'gemini-client-of-openai': { client: 'gemini.generate-content', provider: 'openai.chat', model: 'gpt-4.1' },
  'anthropic-client-of-gemini': {
    client: 'anthropic.messages',
    provider: 'gemini.generate-content',
    model: undefined,
  },
  'gemini-client-of-anthropic': {
    client: 'gemini.generate-content',
    provider: 'anthropic.messages',
    model: 'claude-sonnet-4-5',
  },
} as const

export type GoldenClient = keyof typeof pairs
export const goldenClients = Object.keys(pairs) as GoldenClient[]

const createdSeconds = 1_750_000_000
const responseOptions: ResponseOptions = {
  createdSeconds,
  includeUsage: true,
  toolNames: new Map<string, string>(),
}

export function goldenTranslator(client: GoldenClient): Translator {
  const pair = pairs[client]
  const translator = translatorBetween(pair.client, pair.provider)
  if (!translator) throw new Error(`There is no translator for ${client}`)
  return translator
}

export function goldenOptions(client: GoldenClient): RequestOptions {
  return { defaultMaxTokens: 8192, server: 'openai', model: pairs[client].model }
}

/** The translated sides of an exchange, by file name. */
export function translateExchange(client: GoldenClient, read: (name: string) => string) {
  const translator = goldenTranslator(client)
  const options = goldenOptions(client)
  return {
    'provider-request.json': readable(translator.request(read('client-request.json'), options).body),
    'client-response.json': readable(translator.response(read('provider-response.json'), responseOptions)),
    'client-stream.txt': translateStream(translator, read('provider-stream.txt')),
  }
}

/** The golden list of errors with the client's side filled in. */
export function translateErrors(client: GoldenClient, list: string): string {
  const errors = JSON.parse(list) as { provider: { status: number; body: unknown } }[]
  const filled = errors.map(({ provider }) => {
    const text = typeof provider.body === 'string' ? provider.body : JSON.stringify(provider.body)
    const { status, body } = goldenTranslator(client).error(provider.status, text)
    return { provider, client: { status, body: parseObject(body) } }
  })
  return readable(JSON.stringify(filled))
}

function translateStream(translator: Translator, stream: string): string {
  const { push, end } = translator.createStream(responseOptions)
  const frames = createSseParser().push(Buffer.from(stream))
  return [...frames.flatMap((frame) => push(frame)), ...end()].map(({ raw }) => raw.toString()).join('')
}

function readable(json: string): string {
  return `${JSON.stringify(JSON.parse(json), null, 2)}\n`
}
