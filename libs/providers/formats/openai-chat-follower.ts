import type { JsonObject } from '../json.ts'
import type { StreamFollower } from '../wire-format.ts'
import { type ChoiceChunks, createChoiceFollower } from './openai-choice-follower.ts'

const chatChunks: ChoiceChunks = {
  object: 'chat.completion.chunk',
  text(channel, text) {
    const [choices, index, message, ...tokens] = channel.split('/').slice(1)
    if (choices !== 'choices' || message !== 'message') return undefined
    const delta = deltaAt(tokens, text)
    if (!delta) return undefined
    return { index: Number(index), delta, logprobs: null, finish_reason: null }
  },
  blocked(index, begun, message) {
    const opening = begun ? {} : { role: 'assistant', content: '' }
    return {
      index,
      delta: { ...opening, refusal: message },
      logprobs: null,
      finish_reason: 'content_filter',
    }
  },
}

export function createChatFollower(): StreamFollower {
  return createChoiceFollower(chatChunks)
}

function deltaAt(tokens: string[], text: string): JsonObject | undefined {
  const [field, second, third, fourth] = tokens
  if (field === undefined) return undefined
  if (field !== 'tool_calls')
    return second === undefined ? { [field]: text } : { [field]: { [second]: text } }
  if (second === undefined || third === undefined || fourth === undefined) return undefined
  return { tool_calls: [{ index: Number(second), [third]: { [fourth]: text } }] }
}
