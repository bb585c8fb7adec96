import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { maxEventBytes } from '@airs-cp/events'
import { makeTemporaryDirectory } from '../../test/support/temporary-directory.ts'
import { openEventFile } from './event-file.ts'

test('a small file that unpacks to a line without end is refused before it takes all memory', async (t) => {
  const directory = makeTemporaryDirectory()
  t.after(() => directory.remove())
  const path = join(directory.path, 'events.jsonl.gz')
  writeFileSync(path, gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x61)))
  const file = await openEventFile(path)
  /** What lies in this process's heap and buffers: what V8 and the allocator keep for later is not counted. */
  const held = () => {
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = held()
  await assert.rejects(async () => {
    for await (const _line of file.lines());
  }, /a line is longer than any event: \d+ bytes at most/)
  assert.ok(held() - before < 40 * 1024 * 1024)
})

test('the longest event is a line', async (t) => {
  const directory = makeTemporaryDirectory()
  t.after(() => directory.remove())
  const path = join(directory.path, 'events.jsonl')
  writeFileSync(path, `a\n${'b'.repeat(maxEventBytes)}\nc\n`)
  const lines: number[] = []
  for await (const line of (await openEventFile(path)).lines()) lines.push(line.length)
  assert.deepEqual(lines, [1, maxEventBytes, 1])
})
