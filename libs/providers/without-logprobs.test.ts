import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutLogprobs } from './without-logprobs.ts'

test('tokens that spell the text out once more are taken away, wherever they stand', () => {
  const chat = { choices: [{ message: { content: 'x' }, logprobs: { content: [{ token: 'secret' }] } }] }
  assert.deepEqual(withoutLogprobs(chat), { choices: [{ message: { content: 'x' }, logprobs: null }] })
  const event = { part: { text: 'x', logprobs: [{ token: 'secret' }] } }
  assert.deepEqual(withoutLogprobs(event), { part: { text: 'x', logprobs: [] } })
  assert.equal(JSON.stringify(chat).includes('secret'), true)
})

test('what holds none is the same object', () => {
  const body = { choices: [{ message: { content: 'x' }, logprobs: null }] }
  assert.equal(withoutLogprobs(body), body)
  const event = { delta: 'x', logprobs: [] }
  assert.equal(withoutLogprobs(event), event)
})
