import assert from 'node:assert/strict'
import { test } from 'node:test'
import { progressLine } from './progress-line.ts'

const state = {
  label: 'Downloading',
  fraction: 0.456,
  amount: '4.56 of 10.0 MB',
  rate: '1.00 MB/s',
  secondsLeft: 5.4,
}

test('a progress line has bar, percentage, amount, rate and time left', () => {
  assert.equal(
    progressLine(state, 100),
    'Downloading  [#########-----------]   45%  4.56 of 10.0 MB  1.00 MB/s  ETA 0:06',
  )
})

test('a progress line leaves out what does not fit', () => {
  assert.equal(progressLine(state, 60), 'Downloading   45%  4.56 of 10.0 MB  1.00 MB/s  ETA 0:06')
  assert.equal(progressLine(state, 40), 'Downloading   45%  ETA 0:06')
  assert.equal(progressLine(state, 10), ' 45%')
  assert.equal(progressLine(state, 2), '')
})

test('a progress line says nothing of what nobody knows', () => {
  assert.equal(
    progressLine({ label: 'Exporting', fraction: 0, amount: '0 events' }, 100),
    'Exporting  [--------------------]    0%  0 events',
  )
})
