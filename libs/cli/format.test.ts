import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatInstant,
  formatNumberOf,
  withArticle,
} from './format.ts'

test('bytes keep three digits', () => {
  const written = [0, 999, 1_000, 12_345, 999_499, 999_500, 1_234_567_890, 5e15].map(formatBytes)
  assert.deepEqual(written, ['0 B', '999 B', '1.00 kB', '12.3 kB', '999 kB', '1.00 MB', '1.23 GB', '5.00 PB'])
})

test('a duration is rounded up, so that it never says zero while there is something to do', () => {
  assert.deepEqual([0, 0.2, 61, 3_599.5, 3_723].map(formatDuration), [
    '0:00',
    '0:01',
    '1:01',
    '1:00:00',
    '1:02:03',
  ])
})

test('numbers have separators and agree with their noun', () => {
  assert.equal(formatCount(1_234_567), '1,234,567')
  assert.deepEqual(
    [0, 1, 2_000].map((count) => formatNumberOf(count, 'event')),
    ['0 events', '1 event', '2,000 events'],
  )
})

test('an instant is printed in UTC', () => {
  assert.equal(formatInstant('2024-01-01T01:00:00+01:00'), '2024-01-01T00:00:00Z')
  assert.equal(formatInstant('2024-01-01T00:00:00.001Z'), '2024-01-01T00:00:00.001Z')
})

test('a noun has its article', () => {
  assert.deepEqual(['agent', 'key', 'model'].map(withArticle), ['an agent', 'a key', 'a model'])
})
