import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BodyKind, bodyKindOf } from './body-kind.ts'

const rows: [begun: string, label: BodyKind, kind: BodyKind | undefined][] = [
  ['data: {"id":', 'plain', 'stream'],
  ['\r\n\nevent: message_start', 'plain', 'stream'],
  [': keep-alive', 'plain', 'stream'],
  ['\uFEFFid: 7', 'plain', 'stream'],
  ['{"data": ":"}', 'stream', 'plain'],
  ['\n \n[1]', 'stream', 'plain'],
  ['data and more', 'plain', 'plain'],
  ['text', 'stream', 'stream'],
  ['', 'plain', undefined],
  ['\n\n', 'stream', undefined],
  ['dat', 'plain', undefined],
  ['\n'.repeat(5_000), 'plain', 'plain'],
]

test('a body is what it begins like, and only then what its label says', () => {
  for (const [begun, label, kind] of rows)
    assert.equal(bodyKindOf(Buffer.from(begun), label), kind, JSON.stringify(begun.slice(0, 40)))
})

test('a list is a stream where the format writes streams so', () => {
  const lists = { listsFrames: true } as const
  const rows: [begun: string, kind: BodyKind | undefined][] = [
    ['[{"candidates":', 'stream'],
    ['\uFEFF\n [', 'stream'],
    ['{"candidates":', 'plain'],
    ['data: {', 'stream'],
    ['\n ', undefined],
  ]
  for (const [begun, kind] of rows)
    assert.equal(bodyKindOf(Buffer.from(begun), 'plain', lists), kind, JSON.stringify(begun))
})

test('however a body arrives, it is taken for the same', () => {
  for (const [begun, label, kind] of rows) {
    const bytes = Buffer.from(begun)
    for (let length = 0; length < Math.min(bytes.length, 100); length++) {
      const early = bodyKindOf(bytes.subarray(0, length), label)
      assert.ok(early === undefined || early === kind, JSON.stringify(begun.slice(0, length)))
    }
  }
})
