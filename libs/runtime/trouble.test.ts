import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Logger } from './log.ts'
import { logFailures, logRecoveries, logTrouble } from './trouble.ts'

function recordingLog() {
  const lines: { level: string; message: string; data: Record<string, unknown> }[] = []
  const at = (level: string) => (data: Record<string, unknown>, message: string) =>
    void lines.push({ level, message, data })
  return { lines, log: { warn: at('warn'), info: at('info'), error: at('error') } as unknown as Logger }
}

test('what fails is logged once a minute, and its recovery once', () => {
  const { lines, log } = recordingLog()
  let ms = 0
  const trouble = logTrouble(log, 'Postgres is unavailable', { service: 'audit' }, () => ms)
  trouble.worked()
  assert.equal(lines.length, 0, 'nothing recovers that never failed')
  for (; ms < 90_000; ms += 500) trouble.failed(new Error('refused'))
  trouble.worked()
  trouble.worked()
  assert.deepEqual(
    lines.map(({ message }) => message),
    ['Postgres is unavailable', 'Postgres is unavailable', 'recovered'],
  )
  assert.deepEqual(lines[2]!.data, {
    service: 'audit',
    problem: 'Postgres is unavailable',
    failures: 180,
    lastedMs: 90_000,
  })
  trouble.failed(new Error('refused'))
  assert.equal(lines.length, 4, 'the next time it is news again')
})

test('several things fail and recover independently', () => {
  const { lines, log } = recordingLog()
  const { onProblem, onRecovery } = logRecoveries(log)
  onProblem('a batch failed', new Error('x'))
  onProblem('cannot consume', new Error('y'))
  onRecovery('cannot consume')
  onRecovery('never failed')
  assert.deepEqual(
    lines.map(({ message, data }) => [message, data.problem]),
    [
      ['a batch failed', undefined],
      ['cannot consume', undefined],
      ['recovered', 'cannot consume'],
    ],
  )
})

test('of several things each failure is logged, and once that the thing works again', () => {
  const { lines, log } = recordingLog()
  let ms = 0
  const { failed, worked, ended } = logFailures(log, 'provider failed', 'provider', () => ms)
  worked('a')
  failed('a', new Error('refused'), '1')
  failed('b', new Error('refused'), '2')
  failed('a', new Error('refused'), '3')
  ms = 500
  ended('b', 'client-left', '4')
  ended('a', 'complete', '5')
  worked('a')
  worked('c')
  assert.deepEqual(
    lines.map(({ message, data }) => [message, data.provider, data.failures]),
    [
      ['provider failed', 'a', undefined],
      ['provider failed', 'b', undefined],
      ['provider failed', 'a', undefined],
      ['recovered', 'a', 2],
    ],
  )
  assert.equal(lines.at(-1)!.data.lastedMs, 500)
})
