import type { Conversation, ConversationSide, Message } from './conversation.ts'

export type Page = Conversation & {
  /** What to give as `after` for the messages that follow; null after the last one. */
  next: number | null
}

const sideNames = ['request', 'response', 'delivered'] as const

/** However many messages: the characters of a page, beside those of its first message. */
export const mostCharacters = 2_000_000

/**
 * The next messages of a conversation, counted over its sides in their order.
 * @param after so many messages come before the page.
 * @param limit so many are in it at most; fewer where their texts are long, but one at least.
 */
export function pageOfConversation(
  conversation: Conversation,
  { after, limit }: { after: number; limit: number },
  most = mostCharacters,
): Page {
  let place = 0
  let taken = 0
  let characters = 0
  let isFull = false
  const take = ({ text, image }: Message): boolean => {
    const length = text.length + (image?.data?.length ?? 0)
    if (place++ < after || isFull) return false
    isFull = taken === limit || (taken > 0 && characters + length > most)
    if (isFull) return false
    taken++
    characters += length
    return true
  }
  const page = { ...conversation }
  for (const name of sideNames) {
    const side: ConversationSide | undefined = conversation[name]
    if (side) page[name] = { ...side, messages: side.messages.filter(take) }
  }
  return { ...page, next: isFull ? after + taken : null }
}
