import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { diffLines, type Hunk, unifiedDiff } from './line-diff.ts'

const text = fc
  .array(fc.constantFrom('a: 1', 'b: 2', 'c: 3', '', '  - d'), { maxLength: 30 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''))

/** What `patch` does. */
function patched(before: string, hunks: Hunk[]): string {
  const lines = before === '' ? [] : before.replace(/\n$/, '').split('\n')
  const result: string[] = []
  let at = 0
  for (const { oldStart, oldLines, lines: changes } of hunks) {
    const start = oldLines === 0 ? oldStart : oldStart - 1
    result.push(...lines.slice(at, start))
    for (const change of changes) if (change[0] !== '-') result.push(change.slice(1))
    at = start + oldLines
  }
  return [...result, ...lines.slice(at)].map((line) => `${line}\n`).join('')
}

test('the differences of any two texts make the second out of the first, and back', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const hunks = diffLines(before, after)
      assert.equal(patched(before, hunks), after)
      assert.equal(patched(after, diffLines(after, before)), before)
      assert.equal(hunks.length === 0, before === after)
    }),
  )
})

test('the lines of a hunk are as many as its head says', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      for (const { oldLines, newLines, lines } of diffLines(before, after)) {
        assert.equal(lines.filter((line) => line[0] !== '+').length, oldLines)
        assert.equal(lines.filter((line) => line[0] !== '-').length, newLines)
      }
    }),
  )
})

test('one changed line is shown with three lines around it', () => {
  const before = 'a\nb\nc\nd\ne\nf\ng\nh\ni\n'
  const hunks = diffLines(before, before.replace('e', 'E'))
  assert.equal(
    unifiedDiff(hunks, 'x version 1', 'x version 2'),
    '--- x version 1\n+++ x version 2\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n',
  )
  assert.equal(unifiedDiff([], 'x', 'y'), '')
})

test('texts of any size are compared in bounded time', () => {
  const many = (prefix: string) => Array.from({ length: 5_000 }, (_, index) => `${prefix}${index}\n`).join('')
  const [hunk] = diffLines(many('a'), many('b'))
  assert.deepEqual([hunk?.oldLines, hunk?.newLines], [5_000, 5_000])
})
