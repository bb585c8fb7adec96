import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rowsOf } from './rows.ts'

const lines = [
  { detector: 'injection', text: 'a', label: 'attack', kind: 'indirect-injection' },
  { detector: 'pii', text: 'b', spans: [] },
  { detector: 'secrets', text: 'c', secrets: [] },
  { text: 'd', label: 'benign', kind: 'benign-chat' },
  { text: 'e', label: 1, channel: 'user', kind: 'benign-document', explicit: false },
  { text: 'f', secrets: [{ start: 0, end: 1, type: 'x' }] },
].map((line) => JSON.stringify(line))

test('rows of one file go to the detector that they name, else to that of their fields', () => {
  const { injection, pii, secrets } = rowsOf([...lines, ''], 'FILE')
  assert.deepEqual(
    injection.map(({ text, channel, attack, explicit }) => ({ text, channel, attack, explicit })),
    [
      { text: 'a', channel: 'untrusted', attack: true, explicit: true },
      { text: 'd', channel: 'user', attack: false, explicit: false },
      { text: 'e', channel: 'user', attack: true, explicit: false },
    ],
  )
  assert.deepEqual(
    [pii, secrets].map((rows) => rows.map(({ text }) => text)),
    [['b'], ['c', 'f']],
  )
})

test('one detector takes its own rows, and those that name none', () => {
  const { injection, pii, secrets } = rowsOf(lines.slice(0, 4), 'FILE', 'injection')
  assert.deepEqual([injection.length, pii.length, secrets.length], [2, 0, 0])
})

test('a row that cannot be read is named by its place', () => {
  const read = (line: object) => () => rowsOf(['', JSON.stringify(line)], 'FILE')
  assert.throws(read({ text: 'a', detector: 'mood' }), /FILE:2 is for detector "mood"; known are injection/)
  assert.throws(read({ text: 'a' }), /FILE:2 has none of "detector"/)
  assert.throws(read({ detector: 'injection', text: 'a' }), /FILE:2: a row without "label"/)
  assert.throws(() => rowsOf(['{"text":'], 'FILE'), /FILE:1 is not JSON/)
  assert.throws(() => rowsOf([lines[1]!], 'FILE', 'secrets'), /FILE has no rows for secrets/)
})
