import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exportState } from './leaving.ts'

const whole = {
  kind: 'events',
  format: 'jsonl',
  state: 'completed',
  from: null,
  until: null,
  filters: {},
  requestedAt: '2026-11-30T12:00:00Z',
}

test('an export of everything is complete as long as nothing has come since', () => {
  assert.equal(exportState([whole], undefined), 'complete')
  assert.equal(exportState([whole], '2026-11-30T11:59:59Z'), 'complete')
  assert.equal(exportState([whole], '2026-11-30T12:00:01Z'), 'outdated')
  assert.equal(
    exportState([{ ...whole, requestedAt: '2026-11-30T13:00:00Z' }, whole], '2026-11-30T12:00:01Z'),
    'complete',
  )
})

test('a part of it, another kind, or a format without proof is not everything', () => {
  for (const other of [
    { from: '2026-11-30T00:00:00Z' },
    { until: '2026-11-30T00:00:00Z' },
    { filters: { session: 's' } },
    { kind: 'sessions' },
    { format: 'csv' },
    { state: 'failed' },
  ])
    assert.equal(exportState([{ ...whole, ...other }], undefined), 'none', JSON.stringify(other))
})
