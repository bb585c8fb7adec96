import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createCollector } from './collect-bytes.ts'

test('any chunks are the body that they were cut from, whatever was announced', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 40 }),
      fc.nat({ max: 10_000 }),
      (chunks, announced) => {
        const collector = createCollector(announced)
        const sent = chunks.map((chunk) => Buffer.from(chunk))
        for (const chunk of sent) collector.add(chunk)
        assert.deepEqual(collector.bytes(), Buffer.concat(sent))
        assert.deepEqual(
          sent,
          chunks.map((chunk) => Buffer.from(chunk)),
          'the chunks are as they were',
        )
      },
    ),
  )
})

test('what is dropped is free at once, and so is what grew too small', () => {
  const before = process.memoryUsage().arrayBuffers
  const collector = createCollector(64 * 1024 * 1024)
  const chunk = Buffer.alloc(1024 * 1024)
  for (let at = 0; at < 48; at++) collector.add(chunk)
  assert.ok(process.memoryUsage().arrayBuffers - before < 70 * 1024 * 1024)
  collector.drop()
  assert.ok(process.memoryUsage().arrayBuffers - before < 2 * 1024 * 1024)
})

test('what a client announces and does not send is not reserved', () => {
  const collector = createCollector(32 * 1024 * 1024)
  collector.add(Buffer.alloc(1_000))
  collector.add(Buffer.alloc(1_000))
  assert.ok(collector.bytes().buffer.byteLength <= 16_000)
})
