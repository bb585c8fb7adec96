import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeTemporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { ShipperCursor } from './shipper-cursor.ts'

test('remembers how far was shipped, and begins anew where the file is of no use', (t) => {
  const { path, remove } = makeTemporaryDirectory()
  t.after(remove)
  const first = new ShipperCursor(path)
  assert.deepEqual([first.streamSequence, first.shipped('a')], [0, 0])
  first.write(17, [
    { journal: 'a', shipped: 5 },
    { journal: 'b', shipped: 7 },
  ])
  const second = new ShipperCursor(path)
  assert.deepEqual([second.streamSequence, second.shipped('a'), second.shipped('b')], [17, 5, 7])
  for (const content of ['', '{', '[]', '{"streamSequence":"1","shipped":{}}']) {
    writeFileSync(join(path, 'shipped.json'), content)
    const third = new ShipperCursor(path)
    assert.deepEqual([third.streamSequence, third.shipped('a')], [0, 0])
  }
})

test('does without a directory that cannot be written', () => {
  new ShipperCursor('/dev/null/nowhere').write(1, [{ journal: 'a', shipped: 1 }])
})
