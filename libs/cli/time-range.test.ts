import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readTimeRange } from './time-range.ts'

function iso(range: { from?: string; to?: string }) {
  const { from, until } = readTimeRange(range)
  return [from?.toISOString(), until?.toISOString()]
}

describe('a range of time', () => {
  test('of days has the last one in it', () => {
    const year = iso({ from: '2024-01-01', to: '2024-12-31' })
    assert.deepEqual(year, ['2024-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'])
    assert.deepEqual(iso({ from: '2024-02-29', to: '2024-02-29' })[1], '2024-03-01T00:00:00.000Z')
  })

  test('takes a time as UTC unless it has a zone, and includes the last instant', () => {
    const range = iso({ from: '2024-01-01 10:00', to: '2024-01-01T12:00:00+02:00' })
    assert.deepEqual(range, ['2024-01-01T10:00:00.000Z', '2024-01-01T10:00:00.001Z'])
  })

  test('may be open at either end', () => {
    assert.deepEqual(iso({}), [undefined, undefined])
    assert.deepEqual(iso({ to: '2024-01-01' }), [undefined, '2024-01-02T00:00:00.000Z'])
  })

  test('that cannot be understood is refused', () => {
    for (const text of ['2024-02-30', '2024-13-01', 'yesterday', '2024-1-1', '2024-01-01T25:00', ''])
      assert.throws(() => readTimeRange({ from: text }), { exitCode: 2, message: /^--from is .*2024-12-31/ })
    assert.throws(() => readTimeRange({ from: '2024-02-01', to: '2024-01-01' }), { message: /is after --to/ })
  })
})
