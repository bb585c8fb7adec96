import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AnyEvent } from './parse.ts'
import { RecentEvents } from './recent-events.ts'

const event = (id: string) => ({ id }) as AnyEvent

test('events are found again until nobody has asked for them for a minute', () => {
  const recent = new RecentEvents(100)
  recent.add(event('asked for'), 10, 0)
  recent.add(event('left'), 10, 0)
  assert.equal(recent.get('asked for', 50_000)?.id, 'asked for')
  recent.forget(70_000)
  assert.equal(recent.get('left', 70_000), undefined)
  assert.equal(recent.get('asked for', 70_000)?.id, 'asked for')
})

test('of more than may be held, what was used last stays', () => {
  const recent = new RecentEvents(100)
  for (const id of ['a', 'b', 'c']) recent.add(event(id), 30, 0)
  recent.get('a', 1)
  recent.add(event('d'), 30, 2)
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].filter((id) => recent.get(id, 3)),
    ['a', 'c', 'd'],
  )
  recent.add(event('a'), 30, 4)
  assert.ok(recent.get('c', 5), 'the same event counts once')
})

test('what was dropped is gone, and leaves its room to others', () => {
  const recent = new RecentEvents(100)
  for (const id of ['a', 'b', 'c']) recent.add(event(id), 30, 0)
  recent.drop('b')
  recent.drop('never there')
  recent.add(event('d'), 30, 0)
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].filter((id) => recent.get(id, 1)),
    ['a', 'c', 'd'],
  )
})
