import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { test } from 'node:test'
import { sha256Hex } from '@airs-cp/events'
import { findFormat, formatOfPath, meantRoute } from '@airs-cp/providers'
import { indexKeys } from '../controls/key-index.ts'
import { createKeyUsage } from '../controls/key-usage.ts'
import { createSpending } from '../controls/spending.ts'
import type { Exchange, Provider, Target } from '../exchange.ts'
import { type Admission, createAdmission, type KeyPolicy } from './admit-client.ts'
import { Refusal } from './refusal.ts'

const key = { keyId: 'k1', name: 'team-a', match: { sha256: sha256Hex('secret') }, limits: {} }
const none = indexKeys([])
const one = indexKeys([key])

function admissionOf(policy: KeyPolicy, keys: typeof none, version: number): Admission {
  const unknown = { current: () => undefined }
  const controls = {
    keys: { current: () => keys, version: () => version },
    policies: unknown,
    quarantine: unknown,
    usage: createKeyUsage(createSpending()),
  }
  return createAdmission(controls, policy)
}

/** Whether somebody may use a provider, who has no key or this one. */
function admits(
  policy: KeyPolicy,
  {
    keys = none,
    version = 0,
    credential = '',
    apiKey = false,
  }: {
    keys?: typeof none
    version?: number
    credential?: string
    apiKey?: boolean
  },
): boolean {
  const admission = admissionOf(policy, keys, version)
  const headers = credential === '' ? {} : { authorization: `Bearer ${credential}` }
  const request = { headers } as IncomingMessage
  const exchange = { method: 'POST', route: { path: '/v1/chat/completions' } } as Exchange
  const config = { kind: 'ollama', ...(apiKey && { apiKey: 'sk' }) }
  const targets = [{ provider: { name: 'p', config } }] as unknown as Target[]
  try {
    const possible = targets.map(({ provider }) => provider)
    admission.refuseEarly(request, exchange, admission.recognize(request, exchange), possible)
    const asked = {
      format: findFormat('openai.chat')!,
      json: undefined,
      documents: undefined,
      body: Buffer.alloc(0),
    }
    const response = {} as ServerResponse
    admission.admit({ ...asked, request, response, exchange, targets, model: 'm', isPriced: () => true })
    return true
  } catch (error) {
    if (error instanceof Refusal && error.error.status === 401) return false
    throw error
  }
}

test('keys that are required are required at providers without a credential too', () => {
  assert.equal(admits('required', {}), false)
  assert.equal(admits('required', { keys: one }), false)
  assert.equal(admits('required', { keys: one, credential: 'other' }), false)
  assert.equal(admits('required', { keys: one, credential: 'secret' }), true)
  assert.equal(admits('server-credentials', {}), true)
  assert.equal(admits('server-credentials', { apiKey: true }), false)
})

test('an ingress on loopback does not open again when its last key is revoked', () => {
  assert.equal(admits('until-first', { apiKey: true }), true)
  assert.equal(admits('until-first', { apiKey: true, keys: one, version: 1 }), false)
  assert.equal(admits('until-first', { apiKey: true, version: 2 }), false)
  assert.equal(admits('optional', { apiKey: true, keys: one, version: 1 }), true)
})

test('a key that was made here and is not in force is refused, also where nobody needs one', () => {
  const credential = `airs-${'x'.repeat(32)}`
  const made = indexKeys([{ ...key, match: { sha256: sha256Hex(credential) } }])
  for (const policy of ['optional', 'server-credentials', 'until-first'] as const) {
    assert.equal(admits(policy, { keys: made, version: 1, credential }), true)
    assert.equal(admits(policy, { keys: one, version: 2, credential }), false)
    assert.equal(admits(policy, { version: 2, credential }), false)
    // Where there has never been a key it is one of another gateway, further on.
    assert.equal(admits(policy, { credential }), true)
    assert.equal(admits(policy, { keys: one, version: 2, credential: 'sk-of-a-provider' }), true)
  }
})

test('what a key fixes holds, whatever the headers of the client say, and is marked as verified', () => {
  const fixed = { tenant: 'acme', agent: 'billing', tags: ['prod'] }
  const admission = admissionOf('required', indexKeys([{ ...key, fixed }]), 1)
  const headers = { authorization: 'Bearer secret' }
  const claimed = { tenant: 'default', agent: 'admin', tags: ['trusted'] } as unknown as Exchange
  admission.recognize({ headers } as IncomingMessage, claimed)
  assert.deepEqual(
    [claimed.tenant, claimed.agent, claimed.tags, claimed.verified],
    ['acme', 'billing', ['prod'], ['tenant', 'agent', 'tags']],
  )
})

test('nobody reads the body of a stranger whom no provider would serve', () => {
  const admission = admissionOf('server-credentials', one, 1)
  const exchange = { method: 'POST', route: { path: '/v1/chat/completions' } } as Exchange
  const [ours, theirs] = [{ kind: 'openai', apiKey: 'sk' }, { kind: 'openai' }].map((config) => ({ config }))
  const refuses = (...possible: unknown[]) => {
    try {
      const request = { headers: {} } as IncomingMessage
      admission.refuseEarly(request, exchange, undefined, possible as Provider[])
      return false
    } catch {
      return true
    }
  }
  assert.equal(refuses(ours), true)
  assert.equal(refuses(ours, theirs), false)
  assert.equal(refuses(theirs), false)
})

test('a budget lets nothing through whose cost nobody will know, whatever model a batch names beside its requests', () => {
  const refusedWith = (method: string, path: string, limits: object, model?: string) => {
    const route = meantRoute(method, path)
    const exchange = { method, route } as Exchange
    const admission = admissionOf('required', indexKeys([{ ...key, limits }]), 1)
    const provider = { name: 'p', config: { kind: 'openai', apiKey: 'sk' } } as Provider
    const asked = {
      format: formatOfPath(method, route.path)!,
      json: undefined,
      documents: undefined,
      body: Buffer.alloc(0),
    }
    const request = { headers: { authorization: 'Bearer secret' } } as IncomingMessage
    const of = {
      request,
      response: {} as ServerResponse,
      exchange,
      targets: [{ provider, model: undefined }],
    }
    try {
      admission.admit({ ...asked, ...of, model, isPriced: () => true })
      return undefined
    } catch (error) {
      return error instanceof Refusal ? error.error.code : String(error)
    }
  }
  const refused = (method: string, path: string, limits: object, model?: string) =>
    refusedWith(method, path, limits, model) === 'model_without_price'
  const budget = { budgetUsdMicros: 5 }
  for (const path of ['/v1/batches', '/v1/messages/batches', '/v1/images/generations']) {
    assert.equal(refused('POST', path, budget), true, path)
    assert.equal(refused('POST', path, {}), false, path)
  }
  for (const path of ['/v1/batches/b/cancel', '/v1/files', '/v1/responses', '/v1/conversations'])
    assert.equal(refused('POST', path, budget), false, path)
  assert.equal(refused('GET', '/v1/batches', budget), false)
  assert.equal(refused('POST', '/v1/images/generations', budget, 'priced'), false)
  for (const path of ['/v1/batches', '/v1/messages/batches']) {
    assert.equal(refused('POST', path, budget, 'priced'), true, path)
    assert.equal(refusedWith('POST', path, { models: ['allowed'] }, 'allowed'), 'model_not_allowed', path)
  }
})
