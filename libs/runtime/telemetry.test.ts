import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Logger } from './log.ts'
import { watchExports } from './telemetry.ts'

test('what cannot be sent is logged, and once that it can again', () => {
  const lines: unknown[] = []
  const warn = (data: { signal?: string; problem?: string }, message: string) =>
    void lines.push([message, data.signal, data.problem])
  const watch = watchExports({ warn } as unknown as Logger)
  const results = [1, 1, 0, 0]
  const seen: number[] = []
  const exporter = watch('traces', {
    export(_: string[], done: (result: { code: number; error?: Error }) => void) {
      const code = results.shift()!
      done(code === 0 ? { code } : { code, error: new Error('connection refused') })
    },
  })
  for (let batch = 0; batch < 4; batch++) exporter.export(['span'], ({ code }) => void seen.push(code))
  assert.deepEqual(seen, [1, 1, 0, 0], 'whoever exports gets every result')
  assert.deepEqual(lines, [
    ['telemetry cannot be sent', 'traces', undefined],
    ['recovered', 'traces', 'telemetry cannot be sent'],
  ])
})
