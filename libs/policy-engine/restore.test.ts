import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { changed } from './json-text.ts'
import { createPlaceholderFinder, restoreText } from './restore.ts'

const restorations = new Map([
  ['[EMAIL_1]', 'ann@example.com'],
  ['[EMAIL_12]', 'say "hi"@example.com'],
  ['[github-pat_1]', 'line\nbreak'],
])
const piece = fc.oneof(
  fc.constantFrom(...restorations.keys(), '[', ']', '[EMAIL_', '1]', '[EMAIL_3]', '[[EMAIL_1]]', ' a '),
  fc.string({ maxLength: 5 }),
)
const texts = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''))
const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 30 })

test('however a text is cut, it is restored as a whole would be', () => {
  fc.assert(
    fc.property(texts, cuts, fc.boolean(), (text, sizes, asJson) => {
      let expected = text
      for (const [name, value] of restorations)
        expected = expected.replaceAll(name, () => (asJson ? JSON.stringify(value).slice(1, -1) : value))
      // What stands in JSON in a string is escaped once more: here it only has to be the same as of the whole text.
      if (asJson && text.includes('"')) expected = restoreText(text, restorations, true)
      const finder = createPlaceholderFinder(restorations)
      const changes = []
      for (let at = 0, index = 0; at < text.length; index++) {
        const size = sizes[index % sizes.length]!
        const found = finder.push(text.slice(at, at + size), asJson)
        changes.push(...found.changes)
        assert.ok(changes.every(({ end }) => end <= found.to))
        at += size
      }
      assert.equal(changed(text, changes), expected)
      assert.equal(restoreText(text, restorations, asJson), expected)
    }),
    { numRuns: 500 },
  )
})

test('only what may become a placeholder has to wait', () => {
  const finder = createPlaceholderFinder(restorations)
  assert.deepEqual(finder.push('Write to [EMA', false), { to: 9, changes: [] })
  assert.deepEqual(finder.push('NY] and [EMAIL_1', false), { to: 21, changes: [] })
  const change = { start: 21, end: 30, text: 'ann@example.com' }
  assert.deepEqual(finder.push('] now', false), { to: 34, changes: [change] })
})

test('what is put back into JSON leaves it JSON', () => {
  const text = restoreText('{"to":"[EMAIL_12]"}', restorations, true)
  assert.deepEqual(JSON.parse(text), { to: 'say "hi"@example.com' })
})

test('what is put back into JSON in strings of JSON is escaped as often as it stands in strings', () => {
  const value = 'a "b" \\ c\n'
  const restorations = new Map([['[NOTE_1]', value]])
  for (const text of [
    '{"a":"[NOTE_1]"}',
    JSON.stringify({ x: 1, body: JSON.stringify({ a: '[NOTE_1]' }) }),
    JSON.stringify({ body: JSON.stringify({ body: JSON.stringify({ a: '[NOTE_1]' }) }) }),
  ])
    for (const size of [1, 3, text.length]) {
      const finder = createPlaceholderFinder(restorations)
      const changes = []
      for (let at = 0; at < text.length; at += size)
        changes.push(...finder.push(text.slice(at, at + size), true).changes)
      let said = JSON.parse(changed(text, changes))
      while (said.body !== undefined) said = JSON.parse(said.body)
      assert.equal(said.a, value)
    }
})

test('values are looked through once for all texts of an exchange', () => {
  let reads = 0
  class Counted extends Map<string, string> {
    override values() {
      reads++
      return super.values()
    }
  }
  const counted = new Counted(restorations)
  for (const text of ['to [EMAIL_1]', 'to [EMAIL_12]', '['.repeat(100)]) restoreText(text, counted, false)
  assert.equal(reads, 1)
})
