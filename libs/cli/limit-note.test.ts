import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitNote } from './limit-note.ts'

test('a list that is as long as the limit may go on, which is not promised', () => {
  assert.equal(limitNote(4, 4), 'The list ends after 4; there may be more: raise --limit.')
  assert.equal(limitNote(1_000, 1_000), 'The list ends after 1,000; there may be more: raise --limit.')
})

test('a shorter list is whole', () => {
  assert.equal(limitNote(3, 4), undefined)
})
