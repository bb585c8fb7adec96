import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRestorer, restoreText } from './restore.ts'

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
      const restorer = createRestorer(restorations)
      let result = ''
      for (let at = 0, index = 0; at < text.length; index++) {
        const size = sizes[index % sizes.length]!
        result += restorer.push('/c', text.slice(at, at + size), asJson)
        at += size
      }
      assert.equal(result + restorer.end('/c'), expected)
      assert.equal(restoreText(text, restorations, asJson), expected)
    }),
    { numRuns: 500 },
  )
})

test('only what may become a placeholder is held back', () => {
  const restorer = createRestorer(restorations)
  assert.equal(restorer.push('/c', 'Write to [EMA', false), 'Write to ')
  assert.deepEqual(restorer.held(), ['/c'])
  assert.equal(restorer.push('/c', 'NY] and [EMAIL_1', false), '[EMANY] and ')
  assert.equal(restorer.push('/c', '] now', false), 'ann@example.com now')
  assert.deepEqual(restorer.held(), [])
})

test('what is put back into JSON leaves it JSON', () => {
  const text = restoreText('{"to":"[EMAIL_12]"}', restorations, true)
  assert.deepEqual(JSON.parse(text), { to: 'say "hi"@example.com' })
})
