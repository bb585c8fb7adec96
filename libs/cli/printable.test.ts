import assert from 'node:assert/strict'
import { test } from 'node:test'
import { printable, printableLines } from './printable.ts'

test('what could steer a terminal becomes visible, and everything else stays', () => {
  assert.equal(printable('\u001b[2Jgpt\u202e\n'), '\\u001b[2Jgpt\\u202e\\u000a')
  assert.equal(printable('Grüße, 世界 🙂'), 'Grüße, 世界 🙂')
  assert.equal(printableLines('a:\n\tb\u009b'), 'a:\n\tb\\u009b')
})
