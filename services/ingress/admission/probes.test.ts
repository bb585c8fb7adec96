import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allFormats } from '@airs-cp/providers'
import { probeResponse } from './probes.ts'

const ask = (method: string, path: string, headers = {}) => probeResponse({ method, path, headers })

test('whoever asks whether somebody is here gets a greeting', () => {
  for (const path of ['/', '//', '/v1', '/v1/'])
    for (const method of ['GET', 'HEAD']) assert.equal(ask(method, path)?.status, 200, `${method} ${path}`)
})

test('scans, and what browsers ask for by themselves, are not found', () => {
  for (const path of ['/favicon.ico', '/robots.txt', '/.env', '/wp-login.php', '/health', '/status'])
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PROPFIND'])
      assert.equal(ask(method, path)?.status, 404, `${method} ${path}`)
})

test('a route asked with another method names those that it has', () => {
  assert.deepEqual(ask('GET', '/v1/chat/completions')?.headers, { allow: 'POST' })
  assert.equal(ask('HEAD', '/v1/models')?.status, 405)
  assert.deepEqual(ask('OPTIONS', '/v1/models'), { status: 204, headers: { allow: 'GET' }, body: undefined })
  assert.deepEqual(ask('PUT', '/v1/responses/resp_1')?.headers, { allow: 'GET, DELETE' })
})

test('everything that a provider could be meant by is an exchange', () => {
  for (const { routes } of allFormats)
    for (const route of routes) {
      const [method, path] = route.split(' ') as [string, string]
      assert.equal(ask(method, path), undefined, route)
      assert.equal(ask(method, `${path}/`), undefined, route)
    }
  for (const [method, path, headers] of [
    ['GET', '/v1/files', {}],
    ['DELETE', '/v1/files/f', {}],
    ['GET', '/openai/files', {}],
    ['POST', '/', {}],
    ['POST', '/cgi-bin/luci', {}],
    ['GET', '/v1/models/gpt-4o', {}],
    ['GET', '/api/tags', { authorization: 'Bearer sk-1' }],
    ['GET', '/v1/chat/completions', { authorization: 'Bearer sk-1' }],
    ['GET', '/anything', { 'content-length': '3' }],
    ['GET', '/v1/chat/completions', { 'transfer-encoding': 'chunked' }],
    ['GET', '/v1/responses', { upgrade: 'websocket', connection: 'Upgrade' }],
  ] as const)
    assert.equal(ask(method, path, headers), undefined, `${method} ${path}`)
})
