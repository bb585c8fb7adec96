import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { allApps, planSessions } from './company.ts'
import { copyDay, type RecordedSession, shareOut } from './history.ts'
import { createRandom } from './random.ts'

test('a seed gives the same company each time, of about the size that is asked for', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 20, max: 2_000 }), (seed, exchanges) => {
      const sessions = planSessions(seed, exchanges, 'run')
      assert.deepEqual(sessions, planSessions(seed, exchanges, 'run'))
      const planned = sessions.reduce((sum, { steps }) => sum + steps.length, 0)
      assert.ok(planned >= exchanges && planned < exchanges + 50, String(planned))
      assert.equal(new Set(sessions.map(({ id }) => id)).size, sessions.length)
    }),
    { numRuns: 30 },
  )
})

test('even a small demo has every app, a long conversation, and an attack', () => {
  const sessions = planSessions(1, 80, 'run')
  assert.equal(new Set(sessions.map(({ app }) => app.name)).size, allApps.length)
  assert.ok(sessions.some(({ steps }) => steps.length >= 40))
  assert.ok(sessions.some(({ steps }) => steps.some(({ toolResult }) => toolResult?.includes('ignore all'))))
})

test('the policies judge traffic with the tag of the demo, and nothing else', () => {
  const text = readFileSync(join(import.meta.dirname, 'policies.yaml'), 'utf8')
  for (const document of text.split('\n---\n')) {
    assert.match(document, /^name: demo-/m)
    assert.match(document, /^scope: \{ tags: \[demo\] \}$/m)
  }
})

test('a history has as many exchanges as are asked for, all within its span', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000 }),
      fc.integer({ min: 60_000, max: 100 * 86_400_000 }),
      (exchanges, spanMs) => {
        const until = new Date('2026-11-28T10:00:00Z')
        const from = new Date(until.getTime() - spanMs)
        const days = shareOut(exchanges, from, until)
        assert.equal(
          days.reduce((sum, day) => sum + day.exchanges, 0),
          exchanges,
        )
        for (const { dayMs, exchanges: share } of days)
          if (share > 0) assert.ok(dayMs < until.getTime() && dayMs + 86_400_000 > from.getTime())
      },
    ),
  )
})

test('a copy has ids, a journal and times of its own, in order', () => {
  const event = (exchange: string, type: string, at: number) => ({
    id: `${exchange}-${type}`,
    type,
    time: new Date(1_000_000 + at).toISOString(),
    subject: exchange,
    session: 'demo-app-0001',
    exchange,
    data: { tags: ['demo'], timing: { durationMs: 10 } },
  })
  const session: RecordedSession = ['a', 'b'].flatMap((exchange, index) => [
    event(exchange, 'airs.request-received.v1', 100 * index),
    event(exchange, 'airs.response-completed.v1', 100 * index + 50),
  ])
  const span = { from: new Date('2026-11-20T00:00:00Z'), until: new Date('2026-11-21T00:00:00Z') }
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 30 }), (seed, exchanges) => {
      const day = span.from.getTime()
      const { lines, exchanges: made } = copyDay(createRandom(seed), [session], exchanges, { day, ...span })
      const events = lines.map((line) => JSON.parse(line))
      assert.ok(made >= exchanges && made <= exchanges + 1)
      assert.equal(events.length, 2 * made)
      assert.equal(new Set(events.map(({ id }) => id)).size, events.length)
      assert.equal(new Set(events.map(({ exchange }) => exchange)).size, made)
      for (const [index, one] of events.entries()) {
        assert.equal(one.sequence, index + 1)
        assert.equal(one.subject, one.exchange)
        assert.ok(one.time >= span.from.toISOString() && one.time < span.until.toISOString())
        if (index > 0) assert.ok(one.time >= events[index - 1].time)
      }
    }),
  )
})
