import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readCopiedRows } from './copied-rows.ts'

const header = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const trailer = Buffer.from([0xff, 0xff])

function encode(rows: (Buffer | null)[][]): Buffer {
  const encoded = rows.flatMap((fields) => [
    int(2, fields.length),
    ...fields.flatMap((field) => (field ? [int(4, field.length), field] : [int(4, -1)])),
  ])
  return Buffer.concat([header, ...encoded, trailer])
}

function int(bytes: 2 | 4, value: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  buffer.writeIntBE(value, 0, bytes)
  return buffer
}

async function* cut(bytes: Buffer, lengths: number[]): AsyncIterable<Buffer> {
  let at = 0
  for (let index = 0; at < bytes.length; index++) {
    const to = at + (lengths[index % lengths.length] ?? bytes.length)
    yield bytes.subarray(at, to)
    at = to
  }
}

const field = fc.option(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)))
const rows = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 20 })
const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 })

test('rows come as they were, however they are cut into chunks', () =>
  fc.assert(
    fc.asyncProperty(rows, lengths, async (expected, chunks) => {
      const read = await Array.fromAsync(readCopiedRows(cut(encode(expected), chunks)))
      assert.deepEqual(read.flat(), expected)
    }),
  ))

test('rows that end too early are not taken for all rows', () =>
  fc.assert(
    fc.asyncProperty(rows, lengths, fc.integer({ min: 1, max: 60 }), async (expected, chunks, missing) => {
      const bytes = encode(expected)
      const short = bytes.subarray(0, Math.max(0, bytes.length - missing))
      await assert.rejects(Array.fromAsync(readCopiedRows(cut(short, chunks))), /in the middle of its rows/)
    }),
  ))

test('what does not begin like rows is refused', async () => {
  const text = Buffer.from('id\ttime\n'.repeat(10))
  await assert.rejects(Array.fromAsync(readCopiedRows(cut(text, [7]))), /a form that is not known/)
})
