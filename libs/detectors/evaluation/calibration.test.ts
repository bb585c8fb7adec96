import assert from 'node:assert/strict'
import { test } from 'node:test'
import { calibrationOf } from './calibration.ts'

test('a bin compares its mean confidence with the share of its rows that are positive', () => {
  const { bins, error } = calibrationOf([
    { score: 0.22, positive: false },
    { score: 0.28, positive: true },
    { score: 1, positive: true },
    { score: 0.9, positive: true },
  ])
  assert.deepEqual(bins, [
    { from: 0.2, rows: 2, confidence: 0.25, positive: 0.5 },
    { from: 0.9, rows: 2, confidence: 0.95, positive: 1 },
  ])
  assert(Math.abs(error - 0.15) < 1e-12)
})

test('no rows are perfectly calibrated', () => assert.deepEqual(calibrationOf([]), { bins: [], error: 0 }))
