import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choicesFor } from './palette-choices.ts'

test('what has the text in its name comes before what is only about it', () => {
  assert.equal(choicesFor('blocked')[0]?.name, 'Blocked traffic')
  assert.equal(choicesFor('traffic')[0]?.name, 'Traffic')
})
