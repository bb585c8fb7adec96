import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { reconnectPace } from './reconnect-pace.ts'

/** The client's own rule, with a wall clock that somebody sets. */
function dials(lastConnect: number, wait: number, wallClock: number): boolean {
  return lastConnect === 0 || lastConnect + wait <= wallClock
}

test('a client that lost its server dials again within half a second, wherever its clock is put', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -(10 ** 12), max: 10 ** 12 }), { maxLength: 40 }), (jumps) => {
      let now = 0
      let offset = 2 * 10 ** 12
      const pace = reconnectPace(() => now)
      let lastConnect = 0
      const dialled: number[] = []
      for (const jump of [...jumps, 0, 0, 0]) {
        offset += jump
        for (let turn = 0; turn < 3; turn += 1) {
          const wait = pace()
          if (dials(lastConnect, wait, now + offset)) {
            lastConnect = now + offset
            dialled.push(now)
          } else now += Math.min(wait, lastConnect + wait - (now + offset))
        }
      }
      const gaps = dialled.slice(1).map((at, index) => at - dialled[index]!)
      assert.ok(gaps.every((gap) => gap <= 500))
      assert.ok(dialled.length > 1)
    }),
  )
})

test('without jumps it does not hammer', () => {
  let now = 0
  const pace = reconnectPace(() => now)
  assert.ok(pace() < 0)
  for (const step of [0, 100, 100]) {
    now += step
    assert.ok(pace() >= 250)
  }
  now += 200
  assert.ok(pace() < 0)
})
