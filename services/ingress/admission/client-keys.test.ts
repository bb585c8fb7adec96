import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientKey, KeyLimits } from '@airs-cp/events'
import { sha256Hex } from '@airs-cp/events'
import { indexKeys } from '../controls/key-index.ts'
import { createKeyUsage } from '../controls/key-usage.ts'
import { createSpending } from '../controls/spending.ts'
import { createKeyAccounts } from './client-keys.ts'
import { Refusal } from './refusal.ts'

const keyWith = (limits: KeyLimits): ClientKey => ({
  keyId: '018f0000-0000-7000-8000-000000000001',
  name: 'app',
  match: { sha256: sha256Hex('airs-secret') },
  limits,
})
const createAccounts = (elapsedMs?: () => number, spending = createSpending()) =>
  createKeyAccounts(createKeyUsage(spending, elapsedMs))
const otherId = '018f0000-0000-7000-8000-000000000002'
const request = { model: 'gpt-4o', providers: ['openai'] }
const refusedWith = (code: string) => (error: unknown) =>
  error instanceof Refusal && error.error.code === code

test('a key is found by what the client presents, or by the fingerprint of an existing credential', () => {
  const admitted = { ...keyWith({}), keyId: otherId, match: { fingerprint: 'f'.repeat(32) } }
  const keys = indexKeys([keyWith({}), admitted])
  assert.equal(keys.find('airs-secret', 'a'.repeat(32))?.name, 'app')
  assert.equal(keys.find('sk-old', 'f'.repeat(32))?.keyId, otherId)
  assert.equal(keys.find('sk-old', 'a'.repeat(32)), undefined)
  assert.equal(keys.find(undefined, undefined), undefined)
})

test('a key is held to its models, providers and expiry', () => {
  const accounts = createAccounts()
  accounts.admit(keyWith({ models: ['gpt-*'], providers: ['openai'] }), request)
  assert.throws(
    () => accounts.admit(keyWith({ models: ['claude-*'] }), request),
    refusedWith('model_not_allowed'),
  )
  const routed = { ...request, otherModels: ['gpt-5', 'o3'] }
  accounts.admit(keyWith({ models: ['gpt-*', 'o3'] }), routed)
  assert.throws(
    () => accounts.admit(keyWith({ models: ['gpt-*'] }), routed),
    refusedWith('model_not_allowed'),
  )
  const fallback = { model: 'gpt-4o', providers: ['openai', 'azure'] }
  assert.throws(
    () => accounts.admit(keyWith({ providers: ['openai'] }), fallback),
    refusedWith('provider_not_allowed'),
  )
  assert.throws(
    () => accounts.admit(keyWith({ expiresAt: '2026-01-01T00:00:00Z' }), request),
    refusedWith('key_expired'),
  )
})

test('a key with a budget may use only what has a price', () => {
  const accounts = createAccounts()
  accounts.admit(keyWith({}), { ...request, isUnpriced: true })
  assert.throws(
    () => accounts.admit(keyWith({ budgetUsdMicros: 100 }), { ...request, isUnpriced: true }),
    refusedWith('model_without_price'),
  )
})

test('the list of models is open to a key that is held to some of them', () => {
  const list = { model: undefined, providers: ['openai'] }
  const key = keyWith({ models: ['gpt-*'] })
  assert.throws(() => createAccounts().admit(key, list), refusedWith('model_not_allowed'))
  createAccounts().admit(key, { ...list, needsNoModel: true })
})

test('requests and tokens per minute refill steadily', () => {
  let nowMs = 0
  const accounts = createAccounts(() => nowMs)
  const key = keyWith({ requestsPerMinute: 2, tokensPerMinute: 100 })
  accounts.admit(key, request)
  accounts.admit(key, request)
  assert.throws(() => accounts.admit(key, request), refusedWith('rate_limit_exceeded'))
  nowMs = 30_000
  accounts.admit(key, request)
  accounts.charge(key, { inputTokens: 100, outputTokens: 50, estimated: false }, 0)
  nowMs = 45_000
  assert.throws(() => accounts.admit(key, request), refusedWith('rate_limit_exceeded'))
  nowMs = 75_000
  accounts.admit(key, request)
})

test('a limit of one is said in the singular', () => {
  const accounts = createAccounts(() => 0)
  const key = keyWith({ requestsPerMinute: 1 })
  accounts.admit(key, request)
  assert.throws(() => accounts.admit(key, request), /at its limit of 1 request per minute; try again in 60 s/)
})

test('a secret that was replaced is accepted until its grace is over, and the new one at once', () => {
  let nowMs = Date.UTC(2026, 0)
  const former = [{ match: { sha256: sha256Hex('airs-old') }, until: new Date(nowMs + 1_000).toISOString() }]
  const keys = indexKeys([{ ...keyWith({}), former }], () => nowMs)
  assert.deepEqual(
    [keys.find('airs-old', undefined)?.name, keys.find('airs-secret', undefined)?.name],
    ['app', 'app'],
  )
  nowMs += 1_000
  assert.equal(keys.find('airs-old', undefined), undefined)
  assert.equal(keys.find('airs-secret', undefined)?.name, 'app')
})

test('a budget counts what was published, and what was charged here since', () => {
  const spending = createSpending()
  const accounts = createAccounts(undefined, spending)
  const key = keyWith({ budgetUsdMicros: 100 })
  const publish = (usdMicros: number) =>
    spending.report(key.keyId, { usdMicros, period: 'total', sinceMs: 0 })
  publish(50)
  accounts.admit(key, request)
  accounts.charge(key, undefined, 40)
  publish(60)
  accounts.admit(key, request)
  accounts.charge(key, undefined, 10)
  assert.throws(() => accounts.admit(key, request), refusedWith('insufficient_quota'))
  const monthly = keyWith({ budgetUsdMicros: 100, budgetPeriod: 'month' })
  accounts.admit(monthly, request)
  accounts.charge(monthly, undefined, 100)
  assert.throws(
    () => accounts.admit(monthly, request),
    (error) => error instanceof Refusal && /of this month, which renews at /.test(error.message),
  )
})
