import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uuidv7 } from './id.ts'

const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const timeOf = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

test('an id contains its time, and the next one is greater, however many share a millisecond', () => {
  const nowMs = Date.now() + 60_000
  const ids = Array.from({ length: 10_000 }, (_, index) => uuidv7(nowMs + (index >> 13)))
  for (const id of ids) assert.match(id, shape)
  assert.equal(timeOf(ids[0]!), nowMs)
  assert.deepEqual(ids, [...new Set(ids)].sort())
  assert.ok(timeOf(ids.at(-1)!) - nowMs < 10)
})

test('a clock that is set back gives no smaller id', () => {
  const before = uuidv7(Date.now() + 120_000)
  assert.ok(uuidv7(Date.now()) > before)
})

test('the random part uses every bit that it has', () => {
  const ids = Array.from({ length: 2_000 }, () => uuidv7().replaceAll('-', ''))
  for (let digit = 17; digit < 32; digit++) assert.equal(new Set(ids.map((id) => id[digit])).size, 16)
  assert.deepEqual([...new Set(ids.map((id) => id[16]))].sort(), ['8', '9', 'a', 'b'])
})
