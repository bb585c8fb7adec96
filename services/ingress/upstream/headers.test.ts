import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Exchange } from '../exchange.ts'
import { clientHeaders, forwardedHeaders, withoutForeignOrganization } from './headers.ts'

const exchange = { id: 'exchange-1', session: 'session-1' } as Exchange

test('headers that Connection names stay on their own connection, in both directions', () => {
  const headers = {
    connection: 'Keep-Alive, X-Internal ,x-trace',
    'x-internal': '1',
    'x-trace': '2',
    'x-other': '3',
  }
  assert.deepEqual(forwardedHeaders(headers, { sessions: false }), { 'x-other': '3' })
  assert.deepEqual(clientHeaders(headers, exchange, 'allow'), {
    'x-other': '3',
    'x-airs-exchange-id': 'exchange-1',
    'x-session-id': 'session-1',
    'x-airs-decision': 'allow',
  })
})

test('the name of a session reaches a provider only where the operator says so', () => {
  const headers = { 'x-session-id': 'ann@example.com', 'x-other': '3' }
  assert.deepEqual(forwardedHeaders(headers, { sessions: false }), { 'x-other': '3' })
  assert.deepEqual(forwardedHeaders(headers, { sessions: true }), headers)
})

test('with the credential of the server a client chooses organizations that are allowed', () => {
  const headers = { 'openai-organization': 'org-1', 'openai-project': 'proj-2', 'x-other': '3' }
  assert.deepEqual(withoutForeignOrganization(headers, { organizations: [] }), { 'x-other': '3' })
  assert.deepEqual(withoutForeignOrganization(headers, { organizations: ['org-1'] }), {
    'openai-organization': 'org-1',
    'x-other': '3',
  })
})

test('a Connection header cannot take away what is ours', () => {
  const headers = { connection: 'x-airs-exchange-id, x-airs-decision' }
  assert.equal(clientHeaders(headers, exchange, 'block')['x-airs-decision'], 'block')
})

test('Retry-After and the headers of rate limits reach the client', () => {
  const headers = { 'retry-after': '7', 'retry-after-ms': '7000', 'x-ratelimit-remaining-requests': '0' }
  assert.deepEqual(
    { ...clientHeaders(headers, exchange, 'allow'), ...headers },
    clientHeaders(headers, exchange, 'allow'),
  )
})
