import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeOf, type StoredPlace } from './place.ts'

const stream = { created: 'today', firstSequence: 1, lastSequence: 100 }
const stored: StoredPlace = {
  position: 60,
  floor: 50,
  floorPublishedAtMs: undefined,
  streamCreated: 'today',
}

test('stays where database and stream agree', () => {
  assert.deepEqual(placeOf(stored, stream, 50), { floor: 50, hasLost: false })
  assert.deepEqual(placeOf(stored, stream, 40), { floor: 50, hasLost: false })
})

test('begins again after the floor where the database was put back, though a later event was applied', () => {
  const place = placeOf(stored, stream, 55)
  assert.deepEqual([place.floor, place.beginAfter, place.hasLost], [50, 50, false])
})

test('reads again what the stream has discarded before it was applied', () => {
  assert.equal(placeOf(stored, { ...stream, firstSequence: 51 }, 50).hasLost, false)
  assert.equal(placeOf(stored, { ...stream, firstSequence: 52 }, 50).hasLost, true)
  const purged = { created: 'today', firstSequence: 101, lastSequence: 100 }
  assert.equal(placeOf({ ...stored, floor: 100 }, purged, 100).hasLost, false)
  assert.equal(placeOf(stored, purged, 50).hasLost, true)
})

test('takes a stream that was made again from its beginning, and whatever was lost with the old one', () => {
  const again = { created: 'tomorrow', firstSequence: 1, lastSequence: 3 }
  assert.deepEqual(placeOf(stored, again, 0), { floor: 0, hasLost: true })
})

test('takes it from its beginning too where a database that is older has missed what was acknowledged', () => {
  const again = { created: 'tomorrow', firstSequence: 1, lastSequence: 300 }
  const place = placeOf(stored, again, 300)
  assert.deepEqual([place.floor, place.beginAfter, place.hasLost], [0, 0, true])
})

test('knows the same stream by what is in it, whenever that was made by its own account', () => {
  const applied = { ...stored, floorPublishedAtMs: 5_000 }
  const changed = { ...stream, created: 'tomorrow', firstPublishedAtMs: 5_000 }
  assert.deepEqual(placeOf(applied, changed, 50), { floor: 50, hasLost: false })
  assert.equal(placeOf(applied, changed, 55).beginAfter, 50)
  for (const other of [
    { ...changed, firstPublishedAtMs: 5_001 },
    { ...changed, firstPublishedAtMs: undefined },
    { ...changed, firstSequence: 51 },
    { ...changed, lastSequence: 59 },
  ])
    assert.deepEqual([placeOf(applied, other, 50).floor, placeOf(applied, other, 50).hasLost], [0, true])
  assert.deepEqual(placeOf(applied, changed, 0), { floor: 0, hasLost: true })
})

test('knows no more of a position of an earlier version than that version did', () => {
  const earlier = { ...stored, floor: 0, streamCreated: undefined }
  assert.deepEqual(placeOf(earlier, stream, 55), { floor: 55, hasLost: false })
  assert.equal(placeOf(earlier, stream, 80).beginAfter, 60)
  assert.deepEqual(placeOf(earlier, { ...stream, lastSequence: 9 }, 5), { floor: 5, hasLost: false })
})

test('begins at the beginning with a database that is new', () => {
  assert.deepEqual(placeOf(undefined, stream, 0), { floor: 0, hasLost: false })
  assert.equal(placeOf(undefined, stream, 7).beginAfter, 0)
  assert.equal(placeOf(undefined, { ...stream, firstSequence: 9 }, 0).hasLost, true)
})
