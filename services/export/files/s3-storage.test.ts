import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { partBytes } from './s3-storage.ts'

const fiveTebibytes = 5 * 1024 ** 4

test('a file of any size that S3 takes fits into its parts', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: fiveTebibytes }), (bytes) => {
      const part = partBytes(bytes)
      assert.ok(part >= 5 * 1024 ** 2, 'S3 refuses a smaller part')
      assert.ok(part <= 5 * 1024 ** 3, 'S3 refuses a larger part')
      assert.ok(Math.ceil(bytes / part) <= 10_000, 'S3 refuses more parts')
    }),
  )
})
