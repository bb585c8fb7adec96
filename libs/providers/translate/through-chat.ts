import type { SseFrame } from '../sse.ts'
import type { RequestOptions, TranslatedRequest, Translator } from './translator.ts'

/**
 * The translator of a pair without rules of its own: through OpenAI's format, which each of the two is translated to and from.
 * A refusal by the second step names the field as it is called in OpenAI's format.
 * @param toChat lets the client talk with an OpenAI provider, `fromChat` an OpenAI client with the provider.
 */
export function throughChat(toChat: Translator, fromChat: Translator): Translator {
  return {
    client: toChat.client,
    provider: fromChat.provider,
    request(body, options) {
      const asked = toChat.request(body, { ...options, server: 'compatible' } satisfies RequestOptions)
      const sent = fromChat.request(asked.body, options)
      const ignored = [...new Set([...asked.ignored, ...sent.ignored])]
      return { body: sent.body, ignored, toolNames: joined(asked.toolNames, sent.toolNames) }
    },
    response: (body, options) =>
      toChat.response(fromChat.response(body, { ...options, asList: false }), {
        ...options,
        toolNames: noNames,
      }),
    createStream(options) {
      const first = fromChat.createStream({ ...options, includeUsage: true })
      const second = toChat.createStream({ ...options, toolNames: noNames })
      const through = (frames: SseFrame[]) => frames.flatMap((frame) => second.push(frame))
      return {
        push: (frame) => through(first.push(frame)),
        end: () => [...through(first.end()), ...second.end()],
      }
    },
    error(status, body) {
      const asChat = fromChat.error(status, body)
      return toChat.error(asChat.status, asChat.body)
    },
  }
}

const noNames: TranslatedRequest['toolNames'] = new Map()

/** Provider's names of tools → client's, through their names in between. */
function joined(
  toChat: TranslatedRequest['toolNames'],
  fromChat: TranslatedRequest['toolNames'],
): TranslatedRequest['toolNames'] {
  const names = new Map(toChat)
  for (const [provider, between] of fromChat) names.set(provider, toChat.get(between) ?? between)
  return names
}
