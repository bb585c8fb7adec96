import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCircuitBreaker } from './circuit-breaker.ts'

test('opens after failures in a row, lets one call probe after the cool-down, and closes on its success', () => {
  let nowMs = 0
  const breaker = createCircuitBreaker({ threshold: 3, cooldownMs: 100, now: () => nowMs })
  breaker.failed()
  breaker.failed()
  breaker.succeeded()
  for (let i = 0; i < 2; i++) breaker.failed()
  assert.equal(breaker.allows(), true)
  breaker.failed()
  assert.equal(breaker.allows(), false)
  assert.equal(breaker.waitMs(), 100)
  nowMs = 100
  assert.equal(breaker.allows(), true)
  assert.equal(breaker.allows(), false, 'only one call probes')
  breaker.failed()
  assert.equal(breaker.allows(), false)
  nowMs = 200
  assert.equal(breaker.allows(), true)
  breaker.abandoned()
  assert.equal(breaker.allows(), true)
  breaker.succeeded()
  assert.equal(breaker.allows(), true)
  assert.equal(breaker.waitMs(), 0)
})

test('reports that calls are kept away, and that they are let through again, not single failures', () => {
  const reports: string[] = []
  const trouble = {
    failed: () => void reports.push('failed'),
    worked: () => void reports.push('worked'),
  }
  let nowMs = 0
  const breaker = createCircuitBreaker({ threshold: 2, cooldownMs: 100, now: () => nowMs, trouble })
  breaker.failed()
  assert.deepEqual(reports, [])
  breaker.failed()
  nowMs = 100
  assert.ok(breaker.allows())
  breaker.succeeded()
  assert.deepEqual(reports, ['failed', 'worked'])
})
