import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  createApi,
  createLogger,
  createMetrics,
  listen,
  type Running,
  type RunningServer,
} from '@airs-cp/runtime'
import { z } from 'zod'
import { freePort } from '../../infra/local/free-port.ts'
import { readIngressConfig } from '../../services/ingress/config.ts'
import { startIngress } from '../../services/ingress/ingress.ts'
import { rawRequest } from '../support/raw-request.ts'
import { startNats, type TestNats } from '../support/start-nats.ts'
import { makeTemporaryDirectory } from '../support/temporary-directory.ts'

const token = 'token-of-the-slow-client-test'
const head = (path: string, ...headers: string[]) =>
  [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    ...headers,
  ].join('\r\n')

/** The same attacks on both kinds of server, with short limits. */
describe('clients that are slow, large or ambiguous', () => {
  const directory = makeTemporaryDirectory()
  const log = createLogger('test', 'silent')
  const env = {
    AIRS_HEADERS_TIMEOUT_MS: '1500',
    AIRS_REQUEST_TIMEOUT_MS: '4000',
    AIRS_MAX_HEADER_BYTES: '4096',
    AIRS_MAX_CONNECTIONS: '40',
  }
  const targets: { name: string; url: string; path: string }[] = []
  let ingress: Running
  let control: RunningServer
  let nats: TestNats

  before(async () => {
    nats = await startNats()
    const port = await freePort()
    const config = readIngressConfig({
      ...env,
      AIRS_INGRESS_PORT: String(port),
      AIRS_DATA_DIR: join(directory.path, 'data'),
      AIRS_FINGERPRINT_KEY: 'fingerprint-key-of-the-test',
      AIRS_MAX_BODY_BYTES: '2048',
      AIRS_PROVIDER: 'mock',
      NATS_URL: nats.url,
    })
    ingress = await startIngress(config, log)
    const api = createApi({
      service: 'test',
      access: { token, tokensFile: undefined },
      log,
      metrics: createMetrics('test'),
      checks: {},
      bodyLimitBytes: 2_048,
    })
    api.implement(
      { 'POST /v1/things': { role: 'viewer', summary: '', body: z.looseObject({}), response: z.object({}) } },
      { 'POST /v1/things': async () => ({}) },
    )
    control = await listen(api.app, { ...config, port: 0 })
    targets.push(
      { name: 'the ingress', url: `http://127.0.0.1:${port}`, path: '/v1/chat/completions' },
      { name: 'a control API', url: control.url, path: '/v1/things' },
    )
  })
  after(async () => {
    await control?.close(0)
    await ingress?.close()
    await nats?.stop()
    directory.remove()
  })

  const each = (name: string, attack: (target: (typeof targets)[number]) => Promise<void>) =>
    test(name, async () => {
      for (const target of targets) await attack(target)
    })

  each('headers that do not come to an end are cut with 408', async ({ name, url, path }) => {
    assert.match(await rawRequest(url, head(path, 'X-Slow: ')), /^HTTP\/1\.1 408 /, name)
  })

  each('headers that trickle are cut as well', async ({ name, url, path }) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    let reply = ''
    socket.on('data', (chunk) => {
      reply += chunk
    })
    socket.on('error', () => {})
    socket.write(head(path))
    const trickle = setInterval(() => socket.write('\r\nX-Slow: a'), 40)
    await new Promise((resolve) => socket.on('close', resolve))
    clearInterval(trickle)
    assert.match(reply, /^HTTP\/1\.1 408 /, name)
  })

  each('a body that does not come to an end is cut', async ({ name, url, path }) => {
    const reply = await rawRequest(url, `${head(path, 'Content-Length: 1000')}\r\n\r\n{"model":`)
    assert.match(reply, /^(?:HTTP\/1\.1 408 |$)/, name)
  })

  each('headers that are too large are refused with status 431', async ({ name, url, path }) => {
    const reply = await rawRequest(url, `${head(path, `X-Large: ${'x'.repeat(5_000)}`)}\r\n\r\n`)
    assert.match(reply, /^HTTP\/1\.1 431 /, name)
  })

  each(
    'a body that is too large is refused with status 413, announced or not',
    async ({ name, url, path }) => {
      const large = JSON.stringify({ model: 'm', pad: 'x'.repeat(3_000) })
      const said = `${head(path, `Content-Length: ${large.length}`, 'Connection: close')}\r\n\r\n${large}`
      assert.match(await rawRequest(url, said), /^HTTP\/1\.1 413 /, name)
      const chunked = `${head(path, 'Transfer-Encoding: chunked', 'Connection: close')}\r\n\r\n${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`
      assert.match(await rawRequest(url, chunked), /^HTTP\/1\.1 413 /, name)
    },
  )

  each(
    'a body of two lengths is refused: the next request cannot be smuggled in it',
    async ({ name, url, path }) => {
      const smuggled = 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'
      for (const headers of [
        ['Content-Length: 2', 'Transfer-Encoding: chunked'],
        ['Content-Length: 2', 'Content-Length: 60'],
        ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
        ['Transfer-Encoding: xchunked'],
        ['Content-Length : 2'],
      ]) {
        const reply = await rawRequest(url, `${head(path, ...headers)}\r\n\r\n{}${smuggled}`)
        assert.match(reply, /^HTTP\/1\.1 400 /, `${name} with ${headers.join(', ')}`)
        assert.doesNotMatch(reply, /200 OK/)
      }
    },
  )

  each('a connection that sends many requests ahead of its responses is refused the rest', async (target) => {
    const { name, url } = target
    const one = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const last = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
    const response = await rawRequest(url, one.repeat(10) + last)
    assert.equal(response.match(/HTTP\/1\.1 200 /g)?.length, 11, name)
  })

  each('a page of another site gets nothing', async ({ name, url, path }) => {
    for (const [status, ...headers] of [
      [403, 'Origin: https://evil.example'],
      [403, 'Origin: null'],
      [403, 'Sec-Fetch-Site: cross-site'],
      [421, 'Host: rebound.evil.example'],
    ] as const) {
      const attack = head(path, ...headers, 'Content-Length: 2', 'Connection: close')
        .split('\r\n')
        .filter(
          (line, at, all) =>
            !line.startsWith('Host:') || all.slice(at + 1).every((other) => !other.startsWith('Host:')),
        )
        .join('\r\n')
      const response = await rawRequest(url, `${attack}\r\n\r\n{}`)
      assert.match(response, new RegExp(`^HTTP/1\\.1 ${status} `), `${name} with ${headers.join()}`)
      assert.doesNotMatch(response, /access-control/i)
    }
  })

  each('a hundred idle connections do not keep the next client away', async ({ name, url }) => {
    const { hostname, port } = new URL(url)
    const idle = Array.from({ length: 100 }, () => connect(Number(port), hostname).on('error', () => {}))
    const deadline = Date.now() + 30_000
    let reply = ''
    while (!/^HTTP\/1\.1 200 /.test(reply)) {
      assert.ok(Date.now() < deadline, `${name} does not answer beside idle connections`)
      reply = await rawRequest(url, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    }
    for (const socket of idle) socket.destroy()
  })
})
