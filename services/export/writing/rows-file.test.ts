import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { makeTemporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { openRowsFile } from './rows-file.ts'

const directory = makeTemporaryDirectory()
after(() => directory.remove())
const file = join(directory.path, 'rows')

/** Short ones, and ones that are larger than a block. */
const line = fc
  .record({
    text: fc.string({ unit: 'grapheme', minLength: 1 }),
    times: fc.constantFrom(1, 20, 5_000, 400_000),
  })
  .map(({ text, times }) => text.repeat(times).slice(0, 1_500_000))
const lines = fc.array(fc.record({ line, asBytes: fc.boolean() }), { maxLength: 12 })

test('has what was added, in its order, and its digest, whether or not it was interrupted', () =>
  fc.assert(
    fc.asyncProperty(lines, lines, fc.nat(1_000), async (first, second, torn) => {
      const add = async (rows: Awaited<ReturnType<typeof openRowsFile>>, some: typeof first) => {
        for (const { line: text, asBytes } of some) await rows.addLine(asBytes ? Buffer.from(text) : text)
        return { sha256: await rows.sync(), bytes: rows.bytes }
      }
      const opened = await openRowsFile(file, 0)
      await opened.add('head')
      const { bytes } = await add(opened, first)
      await opened[Symbol.asyncDispose]()
      appendFileSync(file, 'x'.repeat(torn))
      await using again = await openRowsFile(file, bytes)
      const whole = await add(again, second)
      const expected = Buffer.from(`head${[...first, ...second].map((each) => `${each.line}\n`).join('')}`)
      assert.ok(readFileSync(file).equals(expected))
      const sha256 = createHash('sha256').update(expected).digest('hex')
      assert.deepEqual(whole, { sha256, bytes: expected.length })
    }),
    { numRuns: 8 },
  ))

test('is refused where there is less than an interrupted attempt had written', async () => {
  const rows = await openRowsFile(file, 0)
  await rows.addLine('a line')
  await rows.sync()
  await rows[Symbol.asyncDispose]()
  truncateSync(file, 3)
  await using short = await openRowsFile(file, 7)
  await assert.rejects(short.sync(), /has 3 bytes, and 7 were written/)
})

test('reports by its code why a disk does not take it', async () => {
  await using full = await openRowsFile('/dev/full', 0)
  await full.addLine('a line')
  await assert.rejects(full.sync(), { code: 'ENOSPC' })
})
