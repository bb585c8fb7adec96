import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crashLines, formatLogLine } from './log-line.ts'

test('a line of JSON becomes a sentence with its data behind', () => {
  assert.deepEqual(
    formatLogLine(
      'audit',
      '{"level":40,"time":1,"pid":2,"msg":"slow batch","batchMs":12,"stream":"TRAFFIC"}',
    ),
    {
      level: 'warning',
      text: 'audit: warning: slow batch batchMs=12 stream=TRAFFIC',
    },
  )
  assert.deepEqual(
    formatLogLine('audit', '{"level":50,"msg":"failed","err":{"message":"no way","stack":"..."}}'),
    {
      level: 'error',
      text: 'audit: error: failed err="no way"',
    },
  )
  assert.equal(formatLogLine('audit', '{"level":20,"msg":"x"}')?.level, 'debug')
  assert.equal(formatLogLine('audit', ''), undefined)
})

test('lines of the servers keep their words', () => {
  assert.equal(formatLogLine('nats', '[1] 2026/01/01 00:00:00.0 [ERR] disk full')?.level, 'error')
  assert.equal(formatLogLine('nats', '[1] 2026/01/01 00:00:00.0 [INF] ready')?.level, 'info')
  assert.equal(formatLogLine('postgres', '2026-01-01 UTC [1] PANIC:  could not write')?.level, 'error')
  assert.equal(formatLogLine('postgres', '2026-01-01 UTC [1] ERROR:  syntax error')?.level, 'info')
})

test('of a crash the frames are left out', () => {
  const raw = [
    'file:///a.ts:1',
    'throw new Error("x")',
    '      ^',
    '',
    'Error: x',
    '    at file:///a.ts:1:7',
    '',
    'Node.js v24.0.0',
  ]
  assert.deepEqual(crashLines('audit', raw), [
    'audit: file:///a.ts:1',
    'audit: throw new Error("x")',
    'audit: Error: x',
  ])
})
