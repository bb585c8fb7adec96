import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ConversationMessage } from '@airs-cp/client'
import { describeConversation, markFindings } from './describe-conversation.ts'

const plain = (_format: unknown, text: string) => text
const mark = (start: number, end: number, type: string) => ({
  start,
  end,
  type,
  detector: 'pii',
  policies: [],
})

describe('what was found in a text', () => {
  test('stands in brackets with its type', () => {
    const text = 'to ann@example.com, or 4111111111111111'
    const marks = [mark(3, 18, 'EMAIL'), mark(23, 39, 'CREDIT_CARD')]
    assert.equal(
      markFindings({ text, marks }, plain),
      'to ⟦ann@example.com⟧EMAIL, or ⟦4111111111111111⟧CREDIT_CARD',
    )
  })

  test('is marked once where findings overlap', () => {
    const marks = [mark(2, 6, 'A'), mark(0, 4, 'B'), mark(8, 9, 'A')]
    assert.equal(markFindings({ text: '0123456789', marks }, plain), '⟦012345⟧B, A67⟦8⟧A9')
  })

  test('cannot steer the terminal', () => {
    const found = markFindings({ text: 'a\u001b[2Jb', marks: [mark(0, 2, 'X\u001b')] }, plain)
    assert.doesNotMatch(found, /\u001b/)
  })
})

test('a text that nobody said is named by its place', () => {
  const message: ConversationMessage = {
    path: '/user',
    role: 'unknown',
    kind: 'text',
    text: 'Mei',
    marks: [],
  }
  const text = describeConversation(
    {
      request: { state: 'understood', messages: [message], original: null },
      response: { state: 'absent', messages: [], original: null },
      delivered: null,
      erased: null,
    } as never,
    plain,
  )
  assert.match(text, /^field \/user\n {2}Mei$/m)
})

test('a conversation has a speaker for each text, and says what was not recorded', () => {
  const message: ConversationMessage = {
    path: '/messages/0/content',
    role: 'user',
    kind: 'text',
    text: 'hi\nthere',
    marks: [],
  } as const
  const called: ConversationMessage = {
    ...message,
    role: 'assistant',
    kind: 'tool-arguments',
    tool: 'find',
    text: '{}',
  }
  const text = describeConversation(
    {
      request: { state: 'readable', messages: [message] },
      response: { state: 'readable', messages: [called] },
      delivered: { state: 'absent', messages: [] },
    },
    plain,
  )
  assert.match(text, /REQUEST/)
  assert.match(text, /user\n {2}hi\n {2}there/)
  assert.match(text, /calls tool find\n {2}\{\}/)
  assert.match(text, /as the client got it[ ─]*\n {2}not recorded/)
})
