import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ReadAt, readBytes } from './read-bytes.ts'

const content = Buffer.from(Array.from({ length: 40_000 }, (_, i) => 1 + (i % 200)))

/** A disk on which these pages cannot be read, and which gives at most `most` bytes at once. */
function diskWith(badPages: Set<number>, most: number): ReadAt {
  return (_, into, offset, length, position) => {
    const end = Math.min(position + Math.min(length, most), content.length)
    for (let page = Math.floor(position / 4096); page * 4096 < end; page++) {
      if (badPages.has(page)) throw Object.assign(new Error('i/o error'), { code: 'EIO' })
    }
    return content.copy(into, offset, position, end)
  }
}

test('gives all that can be read, in place, however little comes at once', () => {
  const pages = fc.uniqueArray(fc.nat(9), { maxLength: 4 })
  fc.assert(
    fc.property(
      pages,
      fc.integer({ min: 1, max: 20_000 }),
      fc.nat(30_000),
      fc.nat(10_000),
      (bad, most, from, length) => {
        const badPages = new Set(bad)
        const bytes = readBytes(0, from, length, diskWith(badPages, most))
        const expected = Buffer.from(content.subarray(from, from + length))
        for (let i = 0; i < expected.length; i++)
          if (badPages.has(Math.floor((from + i) / 4096))) expected[i] = 0xee
        assert.ok(bytes.equals(expected))
      },
    ),
  )
})

test('does not take another error for a bad page', () => {
  const readAt = () => {
    throw Object.assign(new Error('bad file descriptor'), { code: 'EBADF' })
  }
  assert.throws(() => readBytes(0, 0, 10, readAt), /bad file descriptor/)
})
