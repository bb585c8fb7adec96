import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { diffLines } from './diff-lines.ts'

const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }).map((lines) => lines.join('\n'))

test('both texts can be read off a diff, and equal ones have no changed line', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after)
      const without = (kind: string) =>
        lines
          .filter((line) => line.kind !== kind)
          .map((line) => line.text)
          .join('\n')
      assert.equal(without('+'), before)
      assert.equal(without('-'), after)
      assert.equal(
        lines.every(({ kind }) => kind === ' '),
        before === after,
      )
    }),
  )
})
