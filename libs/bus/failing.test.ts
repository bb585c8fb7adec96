import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TimeoutError } from '@nats-io/nats-core'
import { createFailing } from './failing.ts'

function watched() {
  let nowMs = 0
  const said: string[] = []
  const failing = createFailing(
    (problem) => said.push(`${problem} fails`),
    (problem) => said.push(`${problem} works`),
    () => nowMs,
  )
  const passTime = (ms: number) => {
    nowMs += ms
  }
  return { ...failing, said, passTime }
}

test('a problem is reported each time, and its end once', () => {
  const { fails, works, said } = watched()
  fails('a', new Error('no'))
  fails('a', new Error('no'))
  fails('b', new Error('no'))
  works('a')
  works('a')
  assert.deepEqual(said, ['a fails', 'a fails', 'b fails', 'a works'])
})

test('silence is reported when it lasts, and its end only then', () => {
  const { fails, works, said, passTime } = watched()
  fails('a', new TimeoutError())
  passTime(2_999)
  fails('a', new TimeoutError())
  works('a')
  assert.deepEqual(said, [])
  fails('a', new TimeoutError())
  passTime(3_000)
  fails('a', new TimeoutError())
  works('a')
  assert.deepEqual(said, ['a fails', 'a works'])
})
