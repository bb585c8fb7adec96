import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeRange } from './describe-range.ts'

test('a range is printed as it was understood', () => {
  const from = '2024-01-01T00:00:00.000Z'
  const until = '2025-01-01T00:00:00.000Z'
  const kind = 'events'
  assert.equal(describeRange({ kind, from: null, until: null }), 'All events, from the first to now')
  assert.equal(describeRange({ kind, from, until: null }), 'The events from 2024-01-01T00:00:00Z, in UTC')
  assert.equal(
    describeRange({ kind, from, until }),
    'The events from 2024-01-01T00:00:00Z until 2025-01-01T00:00:00Z (not included), in UTC',
  )
})
