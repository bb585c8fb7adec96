import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createBrowserGuard } from './browser-guard.ts'

const post = (headers: Record<string, string>) => ({ method: 'POST', url: '/v1/chat/completions', headers })
const open = (headers: Record<string, string>) => ({ method: 'GET', url: '/exchanges/1', headers })
const navigation = {
  'sec-fetch-site': 'cross-site',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
}

describe('a server on loopback', () => {
  const guard = createBrowserGuard('127.0.0.1', {
    allowedHosts: ['airs.example.com'],
    allowedOrigins: ['https://chat.example.com'],
    allowsNavigation: true,
  })
  const codeOf = (request: ReturnType<typeof post>) => guard.refusalOf(request)?.code

  for (const host of [
    'localhost:8080',
    '127.0.0.1:8080',
    '127.9.9.9',
    '[::1]:8080',
    'app.localhost',
    'LOCALHOST:1',
    'airs.example.com',
    'AIRS.example.com:8443',
  ])
    test(`serves the host ${host}`, () => assert.equal(codeOf(post({ host })), undefined))

  for (const host of [
    'rebound.evil.example',
    'rebound.evil.example:8080',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil.example/localhost',
    'localhost@evil.example',
    '2130706433',
    '0.0.0.0:8080',
    '',
  ])
    test(`does not serve the host ${JSON.stringify(host)}`, () =>
      assert.equal(codeOf(post({ host })), 'host_not_allowed'))

  test('tells a program that asks for a WebSocket under any name what is spoken here, and no page', () => {
    const asks = { host: 'x', connection: 'Upgrade', upgrade: 'websocket' }
    assert.equal(codeOf(post(asks)), undefined)
    assert.equal(codeOf(post({ ...asks, origin: 'http://x' })), 'host_not_allowed')
  })

  for (const [what, headers, code] of [
    ['a program', {}, undefined],
    ['a page of its own', { origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' }, undefined],
    [
      'a page of another port',
      { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
      'origin_not_allowed',
    ],
    ['a page of another site', { origin: 'https://evil.example' }, 'origin_not_allowed'],
    ['a sandboxed frame', { origin: 'null' }, 'origin_not_allowed'],
    ['an image of another site', { 'sec-fetch-site': 'cross-site' }, 'origin_not_allowed'],
    ['an allowed page', { origin: 'https://chat.example.com', 'sec-fetch-site': 'cross-site' }, undefined],
    ['a desktop program with an origin of its own', { origin: 'vscode-file://vscode-app' }, undefined],
    ['the address bar', { 'sec-fetch-site': 'none' }, undefined],
    [
      'a page that claims to be its own',
      { origin: 'http://localhost:8080', 'sec-fetch-site': 'cross-site' },
      'origin_not_allowed',
    ],
  ] as const)
    test(`${code ? 'refuses' : 'serves'} ${what}`, () =>
      assert.equal(codeOf(post({ host: 'localhost:8080', ...headers })), code))

  test('opens a page from a link, and no request behind it', () => {
    assert.equal(codeOf(open({ host: 'localhost:8080', ...navigation })), undefined)
    assert.equal(codeOf(post({ host: 'localhost:8080', ...navigation })), 'origin_not_allowed')
    assert.equal(
      codeOf({ ...open({ host: 'localhost:8080', ...navigation }), url: '/v1/events' }),
      'origin_not_allowed',
    )
  })

  test('lets only an allowed page read the response', () => {
    assert.equal(
      guard.corsHeaders('https://chat.example.com')?.['access-control-allow-origin'],
      'https://chat.example.com',
    )
    assert.equal(guard.corsHeaders('https://evil.example'), undefined)
    assert.equal(guard.corsHeaders(undefined), undefined)
  })
})

test('a server behind a load balancer serves any host, and still no foreign page', () => {
  const guard = createBrowserGuard('0.0.0.0')
  assert.equal(guard.refusalOf(post({ host: 'gateway.example.com' })), undefined)
  assert.equal(
    guard.refusalOf(post({ host: 'gateway.example.com', origin: 'https://evil.example' }))?.code,
    'origin_not_allowed',
  )
})

test('a server that names its hosts serves no other, wherever it is bound', () => {
  const guard = createBrowserGuard('0.0.0.0', { allowedHosts: ['gateway.example.com'] })
  assert.equal(guard.refusalOf(post({ host: 'gateway.example.com' })), undefined)
  assert.equal(guard.refusalOf(post({ host: 'localhost:8080' })), undefined)
  assert.equal(guard.refusalOf(post({ host: 'other.example.com' }))?.code, 'host_not_allowed')
})
