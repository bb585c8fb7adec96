import type { StreamFollower } from '../../wire-format.ts'
import { type ChoiceChunks, createChoiceFollower } from '../openai/choice-follower.ts'
import { chatDelta } from './strings.ts'

const chatChunks: ChoiceChunks = {
  object: 'chat.completion.chunk',
  text(channel, text) {
    const [choices, index, message, ...tokens] = channel.split('/').slice(1)
    if (choices !== 'choices' || message !== 'message') return undefined
    const delta = chatDelta(tokens, text)
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
