import type { StreamFollower } from '../../wire-format.ts'
import { type ChoiceChunks, createChoiceFollower } from '../openai/choice-follower.ts'

const chatChunks: ChoiceChunks = {
  object: 'chat.completion.chunk',
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
