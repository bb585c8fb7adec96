import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { genericRoute } from './generic-route.ts'

const openai = { authorization: 'Bearer sk-1' }
const meant = (path: string, headers: Record<string, string> = openai, method = 'GET') => {
  const found = genericRoute(method, path, headers)
  return found && [found.format.id, found.route.path, found.route.deployment]
}

test('any route of an API has a lane, however its base URL is written', () => {
  for (const path of [
    '/v1/vector_stores/vs_1/files',
    '//v1/vector_stores/vs_1/files',
    '/v1/v1/vector_stores/vs_1/files/',
    '/openai/v1/vector_stores/vs_1/files',
  ])
    assert.deepEqual(meant(path), ['generic.openai', '/v1/vector_stores/vs_1/files', undefined])
  assert.deepEqual(meant('/anthropic/v1/skills'), ['generic.anthropic', '/v1/skills', undefined])
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    assert.deepEqual(meant('/v1/files/f', openai, method), ['generic.openai', '/v1/files/f', undefined])
})

test('the client’s headers say whose API is meant', () => {
  assert.deepEqual(
    meant('/v1/skills', { 'anthropic-version': '2023-06-01', authorization: 'Bearer x' })?.[0],
    'generic.anthropic',
  )
  assert.deepEqual(meant('/v1/skills', { 'x-api-key': 'sk-ant' })?.[0], 'generic.anthropic')
  assert.deepEqual(meant('/openai/v1/skills', { 'x-api-key': 'k' })?.[0], 'generic.openai')
})

test('Azure’s own routes keep what they were written as', () => {
  const found = genericRoute('POST', '/openai/deployments/dall-e/images/generations', { 'api-key': 'k' })!
  assert.deepEqual(found.route, {
    path: '/v1/images/generations',
    deployment: 'dall-e',
    azurePath: '/deployments/dall-e/images/generations',
  })
  assert.deepEqual(genericRoute('GET', '/openai/assistants', { 'api-key': 'k' })!.route, {
    path: '/v1/assistants',
    deployment: undefined,
    azurePath: '/assistants',
  })
})

test('what is no API, or leads elsewhere, has none', () => {
  for (const path of [
    ...['/', '/v1', '/v1/', '/v2/files', '/files', '/openai', '/metrics', '/.env', '/v1beta2/x', ''],
    ...[
      '/v1/../admin',
      '/v1/files/..',
      '/v1/files/%2e%2e/x',
      '/v1/files/%252e%252e/x',
      '/v1/files/..;/x',
      '/v1/a\\..\\b',
    ],
    ...[
      '/v1/files/a%2fb',
      '/v1/files/a%3fkey=1',
      '/v1/files/%zz',
      '/v1/files/%00',
      '/v1/files/%',
      'http://evil/v1/files',
      '/v1/x#y',
    ],
    `/v1/${'a'.repeat(3_000)}`,
  ])
    assert.equal(meant(path), undefined, path)
  assert.equal(meant('/v1/files', openai, 'TRACE'), undefined)
})

test('no path leads out of the API', () => {
  const segment = fc.oneof(
    fc.constantFrom(
      'v1',
      'openai',
      'anthropic',
      'deployments',
      '',
      '.',
      '..',
      '%2e',
      '%2E.',
      '..%2f',
      '%5c..',
      '...',
      'x',
    ),
    fc.string({ maxLength: 4 }),
  )
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
      const found = genericRoute('GET', `/v1/${segments.join('/')}`, openai)
      if (!found) return
      assert.match(found.route.path, /^\/v1\/[^/]/)
      const resolved = new URL(`http://h${found.route.path}`)
      assert.ok(resolved.pathname.startsWith('/v1/') && resolved.search === '' && resolved.hash === '')
    }),
  )
})

test('what some servers take for a route that a format knows has no lane', () => {
  for (const path of [
    '/v1/%2563hat/completions',
    '/v1/chat/completions;a=b',
    '/v1/chat;x/completions',
    '/v1/Chat/Completions',
    '/anthropic/v1/Messages',
  ])
    assert.equal(genericRoute('POST', path, openai), undefined, path)
  assert.ok(genericRoute('POST', '/v1/agents/Run', openai))
})
