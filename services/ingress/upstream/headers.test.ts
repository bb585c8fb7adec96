import assert from 'node:assert/strict'
import { validateHeaderValue } from 'node:http'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Exchange } from '../exchange.ts'
import { clientHeaders, forwardedHeaders, namesInHeader, withoutForeignOrganization } from './headers.ts'

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

test('a provider is asked for all of a response, and for what was decided on', () => {
  const headers = {
    ...{ range: 'bytes=0-9', 'if-range': '"a"', 'accept-encoding': 'gzip', 'if-none-match': '"a"' },
    ...{ 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE', 'x-http-method': 'DELETE' },
  }
  assert.deepEqual(forwardedHeaders(headers, { sessions: false }), { 'if-none-match': '"a"' })
})

test('no provider sends a client past this gateway', () => {
  const headers = {
    location: 'https://elsewhere.example.com/v1',
    refresh: '0; url=/',
    'alt-svc': 'h3=":443"',
    'operation-location': 'https://name.openai.azure.com/openai/operations/images/1?api-version=1',
    'azure-asyncoperation': 'https://name.openai.azure.com/openai/operations/1',
    'content-location': '/v1/other',
    link: '<https://elsewhere.example.com/v1/files?after=1>; rel="next"',
    'x-goog-upload-url': 'https://elsewhere.example.com/upload/v1beta/files?upload_id=1',
    'x-goog-upload-control-url': 'https://elsewhere.example.com/upload/v1beta/files?upload_id=1',
  }
  assert.deepEqual(Object.keys(clientHeaders(headers, exchange, 'allow')), [
    'x-airs-exchange-id',
    'x-session-id',
    'x-airs-decision',
  ])
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

test('whatever names a client has made up, a header takes them', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 150 }), { maxLength: 25 }), (names) => {
      const header = namesInHeader(names)
      validateHeaderValue('x-airs-ignored', header)
      assert.ok(header.length < 3_000)
    }),
    { numRuns: 20 },
  )
  assert.equal(
    namesInHeader(['top_p', 'properties.城市.if\n\ud800']),
    'top_p, properties.%E5%9F%8E%E5%B8%82.if%0A%EF%BF%BD',
  )
  assert.equal(namesInHeader(['x'.repeat(200)]), `${'x'.repeat(128)}...`)
  assert.equal(
    namesInHeader(Array.from({ length: 23 }, () => 'a')),
    `${Array(20).fill('a').join(', ')} and 3 more`,
  )
})
