import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { endOfMoment, readMoment } from './moment.ts'

const now = new Date('2026-03-01T14:30:00.500Z')
const at = (text: string, options = {}) => readMoment(text, now, options)?.at.toISOString()

test('days and times are UTC unless they have a zone', () => {
  assert.equal(at('2024-02-29'), '2024-02-29T00:00:00.000Z')
  assert.equal(at('2024-01-01 10:00'), '2024-01-01T10:00:00.000Z')
  assert.equal(at('2024-01-01T12:00:00+02:00'), '2024-01-01T10:00:00.000Z')
})

test('a distance lies in the past, or ahead where it is wanted', () => {
  assert.equal(at('7d'), '2026-02-22T14:30:00.500Z')
  assert.equal(at('-90m'), '2026-03-01T13:00:00.500Z')
  assert.equal(at('2w ago'), '2026-02-15T14:30:00.500Z')
  assert.equal(at('+1h'), '2026-03-01T15:30:00.500Z')
  assert.equal(at('30d', { isAhead: true }), '2026-03-31T14:30:00.500Z')
})

test('names of days are whole days', () => {
  assert.deepEqual(readMoment('today', now), { at: new Date('2026-03-01T00:00:00Z'), isDay: true })
  assert.deepEqual(readMoment('yesterday', now), { at: new Date('2026-02-28T00:00:00Z'), isDay: true })
  assert.equal(endOfMoment(readMoment('yesterday', now)!).toISOString(), '2026-03-01T00:00:00.000Z')
  assert.equal(at('now'), now.toISOString())
})

test('the end of the last day that can be written can be written, too', () => {
  const end = (text: string) => endOfMoment(readMoment(text)!).toISOString()
  assert.equal(end('9999-12-31'), '9999-12-31T23:59:59.999Z')
  assert.equal(end('9999-12-31T23:59:59.999Z'), '9999-12-31T23:59:59.999Z')
  assert.equal(end('9999-12-30'), '9999-12-31T00:00:00.000Z')
})

test('whatever else is no time', () => {
  for (const text of [
    '',
    '2024-02-30',
    '2024-13-01',
    '2024-1-1',
    '2024-01-01T25:00',
    '7',
    'd',
    '7 days',
    '+7d ago',
    'toString',
    '0000-01-01',
  ])
    assert.equal(readMoment(text, now), undefined, text)
})

test('every instant that is written is the one that is read', () => {
  const min = new Date('0001-01-01T00:00:00Z')
  const max = new Date('9999-12-31T23:59:59.999Z')
  fc.assert(
    fc.property(fc.date({ min, max, noInvalidDate: true }), (date) => {
      assert.deepEqual(readMoment(date.toISOString()), { at: date, isDay: false })
      assert.equal(readMoment(date.toISOString().slice(0, 10))?.isDay, true)
    }),
  )
})
