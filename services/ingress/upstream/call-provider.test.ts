import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PreparedRequest, Provider } from '../exchange.ts'
import { createCircuitBreaker } from '../routing/circuit-breaker.ts'
import { type CallOptions, callProvider } from './call-provider.ts'

test('a call that fails here does not keep its provider from all others', async () => {
  const breaker = createCircuitBreaker({ threshold: 1, cooldownMs: 0 })
  breaker.failed()
  const target = { provider: { name: 'p', breaker, totalTimeoutMs: 1 } as Provider, model: undefined }
  const openBody = () => {
    throw new Error('nobody foresaw this')
  }
  const first = { target } as PreparedRequest
  const options = { targets: [target], first, record: { openBody }, totalTimeoutMs: 1, retries: { count: 0 } }
  await assert.rejects(callProvider(options as unknown as CallOptions), /nobody foresaw this/)
  assert.equal(breaker.allows(), true)
})
