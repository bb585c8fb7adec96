import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientKey, KeyLimits } from '@airs-cp/events'
import { sha256Hex } from '@airs-cp/events'
import { indexKeys } from '../controls/key-index.ts'
import { createKeyAccounts } from './client-keys.ts'
import { Refusal } from './refusal.ts'

const keyWith = (limits: KeyLimits, spentUsdMicros = 0): ClientKey => ({
  keyId: '018f0000-0000-7000-8000-000000000001',
  name: 'app',
  match: { sha256: sha256Hex('airs-secret') },
  limits,
  spentUsdMicros,
})
const otherId = '018f0000-0000-7000-8000-000000000002'
const request = { model: 'gpt-4o', providers: ['openai'] }
const refusedWith = (code: string) => (error: unknown) =>
  error instanceof Refusal && error.error.code === code

test('a key is found by what the client presents, or by the fingerprint of an existing credential', () => {
  const admitted = { ...keyWith({}), keyId: otherId, match: { fingerprint: 'f'.repeat(32) } }
  const keys = indexKeys([keyWith({}), admitted], new Map())
  assert.equal(keys.find('airs-secret', 'a'.repeat(32))?.name, 'app')
  assert.equal(keys.find('sk-old', 'f'.repeat(32))?.keyId, otherId)
  assert.equal(keys.find('sk-old', 'a'.repeat(32)), undefined)
  assert.equal(keys.find(undefined, undefined), undefined)
})

test('a key is held to its models, providers and expiry', () => {
  const accounts = createKeyAccounts()
  accounts.admit(keyWith({ models: ['gpt-*'], providers: ['openai'] }), request)
  assert.throws(
    () => accounts.admit(keyWith({ models: ['claude-*'] }), request),
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
  const accounts = createKeyAccounts()
  accounts.admit(keyWith({}), { ...request, isUnpriced: true })
  assert.throws(
    () => accounts.admit(keyWith({ budgetUsdMicros: 100 }), { ...request, isUnpriced: true }),
    refusedWith('model_without_price'),
  )
})

test('the list of models is open to a key that is held to some of them', () => {
  const list = { model: undefined, providers: ['openai'] }
  const key = keyWith({ models: ['gpt-*'] })
  assert.throws(() => createKeyAccounts().admit(key, list), refusedWith('model_not_allowed'))
  createKeyAccounts().admit(key, { ...list, isModelList: true })
})

test('requests and tokens per minute refill steadily', () => {
  let nowMs = 0
  const accounts = createKeyAccounts(() => nowMs)
  const key = keyWith({ requestsPerMinute: 2, tokensPerMinute: 100 })
  accounts.admit(key, request)
  accounts.admit(key, request)
  assert.throws(() => accounts.admit(key, request), refusedWith('rate_limit_exceeded'))
  nowMs = 30_000
  accounts.admit(key, request)
  accounts.charge(key.keyId, { inputTokens: 100, outputTokens: 50, estimated: false }, 0)
  nowMs = 45_000
  assert.throws(() => accounts.admit(key, request), refusedWith('rate_limit_exceeded'))
  nowMs = 75_000
  accounts.admit(key, request)
})

test('a budget counts what was published, and what was charged here since', () => {
  const accounts = createKeyAccounts()
  accounts.admit(keyWith({ budgetUsdMicros: 100 }, 50), request)
  accounts.charge(keyWith({}).keyId, undefined, 40)
  accounts.admit(keyWith({ budgetUsdMicros: 100 }, 60), request)
  accounts.charge(keyWith({}).keyId, undefined, 10)
  assert.throws(
    () => accounts.admit(keyWith({ budgetUsdMicros: 100 }, 60), request),
    refusedWith('insufficient_quota'),
  )
})
