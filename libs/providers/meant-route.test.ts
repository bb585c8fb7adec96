import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { allFormats, formatOfPath } from './formats.ts'
import { meantRoute } from './meant-route.ts'

const routes = [
  ...allFormats.flatMap(({ routes }) => [...routes]),
  'GET /v1/models/gpt-4o',
  'GET /v1/models/meta/llama-3:8b',
  'GET /v1/responses/resp_1',
  'GET /v1/responses/resp_1/input_items',
  'POST /v1/responses/resp_1/cancel',
].map((route) => route.split(' ') as [string, string])

const variants: ((route: string) => string)[] = [
  (route) => route,
  (route) => `${route}/`,
  (route) => `${route}//`,
  (route) => `/${route}`,
  (route) => `/v1${route}`,
  (route) => `/v1/${route.slice('/v1'.length)}`,
  (route) => `/v1//v1/${route.slice('/v1'.length)}`,
  (route) => route.slice('/v1'.length),
  (route) => `${route.slice('/v1'.length)}/`,
  (route) => `/openai${route}`,
  (route) => `/openai${route.slice('/v1'.length)}`,
  (route) => `/anthropic${route}`,
  (route) => route.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  (route) => `/v1/%${route.charCodeAt(4).toString(16).toUpperCase()}${route.slice(5)}`,
]

test('every route is found from every way to write a base URL', () => {
  for (const [method, route] of routes)
    for (const variant of variants)
      assert.deepEqual(meantRoute(method, variant(route)), { path: route, deployment: undefined })
})

test('a path of an Azure client names the deployment', () => {
  assert.deepEqual(meantRoute('POST', '/openai/deployments/gpt-4o/chat/completions'), {
    path: '/v1/chat/completions',
    deployment: 'gpt-4o',
  })
  assert.deepEqual(meantRoute('POST', '/openai/deployments/my%2Dmodel/embeddings/'), {
    path: '/v1/embeddings',
    deployment: 'my-model',
  })
})

test('what leads elsewhere stays what it is', () => {
  for (const path of [
    '/openai/deployments/../chat/completions',
    '/openai/deployments/%2e%2e/chat/completions',
    '/openai/deployments/a%2fb/chat/completions',
    '/openai/deployments//chat/completions',
    '/openai/deployments/%zz/chat/completions',
    '/openai/openai/chat/completions',
    '/v1/../v1/chat/completions',
    '/v2/chat/completions',
    '/v1/chat/completions/more',
    '/models/../files',
    '/',
    '',
  ])
    assert.deepEqual(meantRoute(path.includes('models/') ? 'GET' : 'POST', path), {
      path,
      deployment: undefined,
    })
})

test('any path means a route of ours, or stays as it is', () => {
  const segment = fc.constantFrom(
    'v1',
    'openai',
    'anthropic',
    'deployments',
    'chat',
    'completions',
    '',
    '..',
    'x',
  )
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 9 }), fc.constantFrom('GET', 'POST'), (segments, method) => {
      const path = `/${segments.join('/')}`
      const meant = meantRoute(method, path)
      assert.ok(meant.path === path || formatOfPath(method, meant.path))
    }),
  )
})
