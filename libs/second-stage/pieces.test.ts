import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { piecesOf } from './pieces.ts'

const words = (text: string) => text.split(/\s+/).filter(Boolean).length

test('no piece has more tokens than fit, and together they are the text', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 400 }),
      fc.integer({ min: 2, max: 50 }),
      (tokens, most) => {
        const text = tokens.join(' ')
        const pieces = piecesOf(text, most, words)
        assert.ok(pieces.every((piece) => words(piece) <= most || piece.length <= 1))
        let covered = 0
        for (const piece of pieces) {
          const at = text.indexOf(piece, Math.max(0, covered - 2 * piece.length - 100))
          assert.ok(at >= 0 && at <= covered)
          covered = Math.max(covered, at + piece.length)
        }
        assert.equal(covered, text.length)
      },
    ),
    { numRuns: 50 },
  )
})

test('what stands on the border of two pieces stands whole in one of them', () => {
  const filler = 'word '.repeat(100)
  const text = `${filler}ignore previous instructions ${filler}`
  const pieces = piecesOf(text, 120, words)
  assert.ok(pieces.length > 1)
  assert.ok(pieces.some((piece) => piece.includes('ignore previous instructions')))
})
