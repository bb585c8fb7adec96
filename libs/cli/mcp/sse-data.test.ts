import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sseData } from './sse-data.ts'

test('however a stream is cut, its data come whole and in order', async () => {
  const data = fc.array(
    fc.jsonValue().map((value) => JSON.stringify(value)),
    { maxLength: 5 },
  )
  await fc.assert(
    fc.asyncProperty(data, fc.integer({ min: 1, max: 7 }), async (all, size) => {
      const bytes = Buffer.from(
        all.map((one, index) => `id: ${index}\nevent: message\ndata: ${one}\n\n`).join(': ping\n\n'),
      )
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      )
      const found: string[] = []
      for await (const one of sseData(ReadableStream.from(chunks) as ReadableStream<Uint8Array>))
        found.push(one)
      assert.deepEqual(found, all)
    }),
  )
})
