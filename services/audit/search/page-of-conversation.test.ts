import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Conversation, Message } from './conversation.ts'
import { type Page, pageOfConversation } from './page-of-conversation.ts'

const message = (text: string): Message => ({ path: '', role: 'user', kind: 'text', text, marks: [] })
const side = fc
  .array(fc.string({ maxLength: 12 }), { maxLength: 12 })
  .map((texts) => ({ state: 'readable' as const, messages: texts.map(message) }))
const conversations = fc
  .record({ request: side, response: side, delivered: fc.option(side, { nil: undefined }) })
  .map(({ delivered, ...both }): Conversation => ({ ...both, ...(delivered !== undefined && { delivered }) }))
const textsOf = ({ request, response, delivered }: Conversation) =>
  [request, response, delivered].map((one) => one?.messages.map(({ text }) => text) ?? [])

test('the pages of a conversation are the conversation, each of them bounded', () => {
  fc.assert(
    fc.property(
      conversations,
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 30 }),
      (conversation, limit, most) => {
        const found: string[][] = [[], [], []]
        for (let after: number | null = 0; after !== null; ) {
          const page: Page = pageOfConversation(conversation, { after, limit }, most)
          const texts = textsOf(page)
          const flat = texts.flat()
          assert.ok(flat.length <= limit)
          assert.ok(flat.length <= 1 || flat.join('').length <= most)
          assert.ok(page.next === null || page.next > after)
          for (const [at, of] of texts.entries()) found[at]!.push(...of)
          after = page.next
        }
        assert.deepEqual(found, textsOf(conversation))
      },
    ),
  )
})

test('behind the last message there is nothing', () => {
  const conversation: Conversation = {
    request: { state: 'readable', messages: [message('a')] },
    response: { state: 'absent', messages: [] },
  }
  const { next, request } = pageOfConversation(conversation, { after: 1, limit: 5 })
  assert.deepEqual([next, request.messages], [null, []])
})
