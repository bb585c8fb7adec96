import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readinessReason } from './readiness.ts'

test('a service gives the checks that fail', () => {
  const body = {
    ready: false,
    checks: { database: { ready: true }, journal: { ready: false, reason: 'disk full' } },
  }
  assert.equal(readinessReason(503, JSON.stringify(body)), 'journal: disk full')
})

test('the control origin names the services that it waits for', () => {
  const body = { ready: false, services: { audit: { ready: true }, policy: { ready: false, checks: {} } } }
  assert.equal(readinessReason(503, JSON.stringify(body)), 'waits for policy')
})

test('a response of another shape is shown as it is', () => {
  assert.equal(readinessReason(502, 'Bad Gateway'), '/readyz says 502 Bad Gateway')
})
