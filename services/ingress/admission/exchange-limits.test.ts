import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createExchangeLimits } from './exchange-limits.ts'
import { Refusal } from './refusal.ts'

const by = (fingerprint?: string) => ({
  credential: fingerprint === undefined ? undefined : { scheme: 'bearer', fingerprint },
})
const refusal = (status: number, code: string) => (error: unknown) =>
  error instanceof Refusal && error.error.status === status && error.error.code === code

test('a client with too many exchanges under way is refused, and no other client is', () => {
  const limits = createExchangeLimits({ total: 10, perClient: 2 })
  const leave = limits.enter(by('a'), '10.0.0.1')
  limits.enter(by('a'), '10.0.0.2')
  assert.throws(() => limits.enter(by('a'), '10.0.0.3'), refusal(429, 'too_many_exchanges'))
  limits.enter(by('b'), '10.0.0.1')
  leave()
  limits.enter(by('a'), '10.0.0.1')
})

test('a client without a credential counts by its address', () => {
  const limits = createExchangeLimits({ total: 10, perClient: 1 })
  limits.enter(by(), '10.0.0.1')
  assert.throws(() => limits.enter(by(), '10.0.0.1'), refusal(429, 'too_many_exchanges'))
  limits.enter(by(), '10.0.0.2')
})

test('all clients together have a limit', () => {
  const limits = createExchangeLimits({ total: 3, perClient: 2 })
  const leaving = ['a', 'b', 'c'].map((client) => limits.enter(by(client), undefined))
  assert.throws(() => limits.enter(by('d'), undefined), refusal(503, 'overloaded'))
  for (const leave of leaving) leave()
  limits.enter(by('d'), undefined)
})
