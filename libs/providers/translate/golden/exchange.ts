import { parseObject } from '../../json.ts'
import { createSseParser } from '../../sse.ts'
import type { AnswerOptions, Translator } from '../translator.ts'
import { translatorBetween } from '../translators.ts'

export type GoldenClient = 'openai-client' | 'anthropic-client'

const createdSeconds = 1_750_000_000
const answerOptions: AnswerOptions = {
  createdSeconds,
  includeUsage: true,
  toolNames: new Map<string, string>(),
}

export function goldenTranslator(client: GoldenClient): Translator {
  const translator =
    client === 'openai-client'
      ? translatorBetween('openai.chat', 'anthropic.messages')
      : translatorBetween('anthropic.messages', 'openai.chat')
  if (!translator) throw new Error(`There is no translator for ${client}`)
  return translator
}

/** The translated sides of an exchange, by file name. */
export function translateExchange(client: GoldenClient, read: (name: string) => string) {
  const translator = goldenTranslator(client)
  const options = { defaultMaxTokens: 8192, server: 'openai' } as const
  return {
    'provider-request.json': readable(translator.request(read('client-request.json'), options).body),
    'client-response.json': readable(translator.response(read('provider-response.json'), answerOptions)),
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
  const { push } = translator.createStream(answerOptions)
  const frames = createSseParser().push(Buffer.from(stream))
  return frames.flatMap((frame) => push(frame).map(({ raw }) => raw.toString())).join('')
}

function readable(json: string): string {
  return `${JSON.stringify(JSON.parse(json), null, 2)}\n`
}
