import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readExpiry, readTimeRange } from './time-range.ts'

const now = new Date('2026-03-01T14:30:00Z')

async function iso(range: { from?: string; to?: string }) {
  const { from, until } = await readTimeRange(range, () => {}, now)
  return [from?.toISOString(), until?.toISOString()]
}

describe('a range of time', () => {
  test('of days has the last one in it', async () => {
    const year = await iso({ from: '2024-01-01', to: '2024-12-31' })
    assert.deepEqual(year, ['2024-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'])
    assert.deepEqual((await iso({ from: '2024-02-29', to: '2024-02-29' }))[1], '2024-03-01T00:00:00.000Z')
  })

  test('takes a time as UTC unless it has a zone, and includes the last instant', async () => {
    const range = await iso({ from: '2024-01-01 10:00', to: '2024-01-01T12:00:00+02:00' })
    assert.deepEqual(range, ['2024-01-01T10:00:00.000Z', '2024-01-01T10:00:00.001Z'])
  })

  test('may be said from now on back, and what was understood is noted', async () => {
    const notes: string[] = []
    const range = await readTimeRange({ from: '7d', to: 'yesterday' }, (note) => notes.push(note), now)
    assert.deepEqual(range, {
      from: new Date('2026-02-22T14:30:00Z'),
      until: new Date('2026-03-01T00:00:00Z'),
    })
    assert.deepEqual(notes, [
      'Range: from 2026-02-22T14:30:00Z until 2026-03-01T00:00:00Z (not included), in UTC',
    ])
  })

  test('may be open at either end', async () => {
    assert.deepEqual(await iso({}), [undefined, undefined])
    assert.deepEqual(await iso({ to: '2024-01-01' }), [undefined, '2024-01-02T00:00:00.000Z'])
  })

  test('that cannot be understood is refused', async () => {
    for (const text of ['2024-02-30', '2024-13-01', 'last week', '2024-1-1', '2024-01-01T25:00', ''])
      await assert.rejects(iso({ from: text }), {
        exitCode: 2,
        message: /^--from is .*2024-12-31.*yesterday.*7d/,
      })
    await assert.rejects(iso({ from: '2024-02-01', to: '2024-01-01' }), { message: /is after --to/ })
  })
})

test('an expiry lies ahead', async () => {
  assert.equal(await readExpiry('90d', now), '2026-05-30T14:30:00.000Z')
  assert.equal(await readExpiry('2027-01-01', now), '2027-01-01T00:00:00.000Z')
  for (const text of ['2020-01-01', 'never', '-1d', 'today'])
    await assert.rejects(readExpiry(text, now), { exitCode: 2 })
})
