import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sayOnce } from './log-watch.ts'

test('a line that comes again and again is said once per quiet time', () => {
  let time = 0
  const said: string[] = []
  const say = sayOnce(
    (line) => said.push(line),
    100,
    () => time,
  )
  say('Postgres is down')
  time = 50
  say('Postgres is down')
  say('NATS is down')
  time = 99
  say('Postgres is down')
  time = 100
  say('Postgres is down')
  assert.deepEqual(said, ['Postgres is down', 'NATS is down', 'Postgres is down'])
})
