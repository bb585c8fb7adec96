import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeBundle, encodeBundle, parseTilePath, tilePath, tilesOf, tileWidth } from './index.ts'

test('a tile has the one path of tlog-tiles', () => {
  assert.equal(tilePath({ level: 0, index: 1_234_067, width: tileWidth }), 'tile/0/x001/x234/067')
  assert.equal(tilePath({ level: 'entries', index: 273, width: 112 }), 'tile/entries/273.p/112')
  fc.assert(
    fc.property(
      fc.oneof(fc.constant('entries' as const), fc.nat(63)),
      fc.maxSafeNat(),
      fc.integer({ min: 1, max: tileWidth }),
      (level, index, width) => {
        assert.deepEqual(parseTilePath(tilePath({ level, index, width })), { level, index, width })
      },
    ),
  )
  for (const wrong of [
    'tile/0/1',
    'tile/00/001',
    'tile/0/x000/001',
    'tile/0/001.p/256',
    'tile/0/001.p/0',
    'tile/100/001',
    'tile/0/001/002',
    'checkpoint',
    'tile/0/../001',
  ])
    assert.equal(parseTilePath(wrong), undefined, wrong)
})

test('a tree of 70,000 leaves has the tiles that tlog-tiles counts', () => {
  const paths = [...tilesOf(70_000)].map(tilePath)
  const at = (level: string) => paths.filter((path) => path.startsWith(`tile/${level}/`))
  assert.deepEqual([at('0').length, at('0').at(-1)], [274, 'tile/0/273.p/112'])
  assert.deepEqual(at('1'), ['tile/1/000', 'tile/1/001.p/17'])
  assert.deepEqual(at('2'), ['tile/2/000.p/1'])
  assert.equal(at('entries').length, 274)
  assert.deepEqual([...tilesOf(256)].map(tilePath), ['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1'])
})

test('a bundle gives back its entries, and no other bytes are one', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (entries) => {
      const bundle = encodeBundle(entries)
      assert.deepEqual(
        decodeBundle(bundle),
        entries.map((entry) => Buffer.from(entry)),
      )
      if (bundle.length > 0) assert.throws(() => decodeBundle(bundle.subarray(0, -1)), RangeError)
    }),
  )
})
