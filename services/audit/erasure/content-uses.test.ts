import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AnyEvent, eventTypes, recordBody, sha256Hex } from '@airs-cp/events'
import { contentUses } from './content-uses.ts'

const event = (type: string, data: object, more: object = {}) =>
  ({ id: 'event', exchange: 'exchange', type, data, ...more }) as unknown as AnyEvent
const digest = (text: string) => sha256Hex(text)
const body = (...texts: string[]) => ({
  ...recordBody(Buffer.from(texts.join('')), 'text/plain'),
  text: undefined,
  parts: ['inline', ...texts.map((text) => ({ sha256: digest(text), bytes: text.length }))],
})

test('an event uses the pieces of all of its bodies, each once', () => {
  const uses = contentUses(
    event(eventTypes.requestReceived, {
      request: { body: body('a', 'b') },
      forwarded: { body: body('b', 'c') },
      whole: body('d'),
    }),
  )
  assert.deepEqual(uses.map(({ sha256 }) => sha256).sort(), ['a', 'b', 'c', 'd'].map(digest).sort())
  assert.ok(uses.every(({ holds, exchange }) => !holds && exchange === 'exchange'))
  const outcome = contentUses(
    event(eventTypes.responseCompleted, { body: body('a'), delivered: { body: body('e') } }),
  )
  assert.deepEqual(outcome.map(({ sha256 }) => sha256).sort(), ['a', 'e'].map(digest).sort())
})

test('a recorded piece holds its content, if it has the digest that it says', () => {
  const piece = { sha256: digest('a'), bytes: 1, text: 'a' }
  assert.deepEqual(contentUses(event(eventTypes.contentRecorded, piece)), [
    { sha256: digest('a'), event_id: 'event', exchange: 'exchange', holds: true, within: null },
  ])
  assert.deepEqual(contentUses(event(eventTypes.contentRecorded, { ...piece, text: 'b' })), [])
})

test('a piece that is made of others uses those', () => {
  const { sha256, bytes, parts } = body('a', 'b')
  const place = { event_id: 'event', exchange: 'exchange' }
  assert.deepEqual(contentUses(event(eventTypes.contentRecorded, { sha256, bytes, parts })), [
    { sha256, ...place, holds: true, within: null },
    { sha256: digest('a'), ...place, holds: false, within: sha256 },
    { sha256: digest('b'), ...place, holds: false, within: sha256 },
  ])
})

test('an erased event uses nothing', () => {
  const data = { sha256: digest('a'), bytes: 1 }
  assert.deepEqual(contentUses(event(eventTypes.contentRecorded, data, { facts: 'airs-facts/1' })), [])
})
