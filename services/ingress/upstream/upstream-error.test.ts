import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { request } from 'undici'
import { toUpstreamError } from './upstream-error.ts'

const head = 'HTTP/1.1 200 OK\r\nconnection: close\r\n'

for (const [what, sent, code, message] of [
  [
    'lacks its last chunk',
    `${head}transfer-encoding: chunked\r\n\r\n2\r\nHi\r\n`,
    'upstream_cut',
    /cut the connection/,
  ],
  ['lacks its end', `${head}content-length: 9\r\n\r\nHi`, 'upstream_cut', /cut the connection/],
  [
    'has long headers',
    `${head}x: ${'x'.repeat(20_000)}\r\n\r\n`,
    'upstream_malformed',
    /more than 16 KB of headers/,
  ],
  ['is none', '220 mail.example.com ESMTP\r\n', 'upstream_malformed', /valid HTTP .*check its base URL/],
] as const)
  test(`a response that ${what}`, async (t) => {
    const server = createServer((socket) => socket.on('error', () => {}).once('data', () => socket.end(sent)))
    server.listen(0, '127.0.0.1')
    t.after(() => server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const failure = await request(`http://127.0.0.1:${port}`)
      .then(({ body }) => body.text())
      .then(
        () => assert.fail('it was read'),
        (error: unknown) => toUpstreamError(error, 'openai', true),
      )
    assert.equal(failure.code, code)
    assert.match(failure.message, message)
  })
