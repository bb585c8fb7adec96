import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { listen, type RunningServer } from './server.ts'

const closed = (socket: ReturnType<typeof connect>) =>
  new Promise<void>((resolve) => socket.on('error', () => {}).once('close', () => resolve()))

const connectionsOf = async (server: RunningServer['server']) => {
  await new Promise((resolve) => setTimeout(resolve, 50))
  return new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)))
}

test('a response that its client does not read is cut, and one that waits is not', async () => {
  const running = await listen(
    (request, response) => {
      if (request.url === '/large') response.end(Buffer.alloc(64 * 1024 * 1024))
      else setTimeout(() => response.end('late'), 600)
    },
    { host: '127.0.0.1', port: 0, limits: { writeTimeoutMs: 200 } },
  )
  try {
    const patient = fetch(`${running.url}/late`).then((response) => response.text())
    const lazy = connect(running.port, '127.0.0.1').pause()
    lazy.write('GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n')
    const deadline = Date.now() + 20_000
    while ((await connectionsOf(running.server)) > 1)
      assert.ok(Date.now() < deadline, 'the connection that is not read is still open')
    assert.equal(await patient, 'late')
    lazy.destroy()
    await closed(lazy)
  } finally {
    await running.close(0)
  }
})

test('a response that is read slowly, and goes on, is not cut', async () => {
  const bytes = 24 * 1024 * 1024
  const running = await listen((_request, response) => response.end(Buffer.alloc(bytes)), {
    host: '127.0.0.1',
    port: 0,
    limits: { writeTimeoutMs: 1_000 },
  })
  try {
    const socket = connect(running.port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    let received = 0
    socket.on('data', (chunk) => {
      received += chunk.length
      socket.pause()
      setTimeout(() => socket.resume(), 5)
    })
    await closed(socket)
    assert.ok(received > bytes, `${received} bytes arrived`)
  } finally {
    await running.close(0)
  }
})

test('one connection has a bounded number of requests under way', async () => {
  let underWay = 0
  let most = 0
  const running = await listen(
    (_request, response) => {
      underWay += 1
      most = Math.max(most, underWay)
      setTimeout(() => {
        underWay -= 1
        response.end('ok')
      }, 100)
    },
    { host: '127.0.0.1', port: 0 },
  )
  try {
    const socket = connect(running.port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(300))
    await closed(socket)
    assert.equal(most, 32)
    assert.equal(text.match(/HTTP\/1\.1 200 /g)?.length, 32)
    assert.match(text, /HTTP\/1\.1 429 [\s\S]*too_many_requests_on_connection/)
  } finally {
    await running.close(0)
  }
})

test('a target with a host is the path there, and that host is the one that is checked', async () => {
  const seen: unknown[] = []
  const running = await listen(
    (request, response) => {
      seen.push([request.url, request.headers.host])
      response.end()
    },
    { host: '127.0.0.1', port: 0 },
  )
  const ask = (target: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(running.port, '127.0.0.1')
      let said = ''
      socket.on('data', (piece) => (said += piece)).once('close', () => resolve(said.split('\r\n')[0]!))
      socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    })
  try {
    assert.match(await ask('http://127.0.0.1/v1/models?a=1'), / 200 /)
    assert.match(await ask('HTTP://localhost'), / 200 /)
    assert.match(await ask('http://rebound.example/v1/models'), / 421 /)
    assert.deepEqual(seen, [
      ['/v1/models?a=1', '127.0.0.1'],
      ['/', 'localhost'],
    ])
  } finally {
    await running.close(0)
  }
})

describe('what is no request', () => {
  const start = (limits = {}) =>
    listen(
      (request, response) => {
        if (request.url === '/begun') return void response.write('begun')
        // A broken body has an error here, too.
        request.on('error', () => {}).once('end', () => response.end('read'))
        request.resume()
      },
      { host: '127.0.0.1', port: 0, limits },
    )

  /** @param later what is sent once the response has begun. */
  const exchange = (running: RunningServer, text: string, later?: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(running.port, '127.0.0.1')
      let reply = ''
      socket.on('data', (chunk) => (reply += chunk)).on('error', () => {})
      if (later) socket.once('data', () => socket.write(later))
      socket.once('close', () => resolve(reply)).write(text)
    })

  const refused: [name: string, text: string, status: number, message: RegExp][] = [
    ['no HTTP', 'hello\r\n\r\n', 400, /no valid HTTP\/1\.1: /],
    ['another version', 'GET / HTTP/9.9\r\n\r\n', 400, /no valid HTTP\/1\.1: Invalid HTTP version/],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, /use HTTP\/1\.1/],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      /Content-Length/,
    ],
    [
      'a broken chunk',
      'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n',
      400,
      /chunk/,
    ],
    [
      'large headers',
      `GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      /larger than 16384 bytes/,
    ],
    ['headers without an end', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-', 408, /did not arrive in time/],
    [
      'a proxy asked for a tunnel',
      'CONNECT api.openai.com:443 HTTP/1.1\r\nHost: api.openai.com:443\r\n\r\n',
      405,
      /HTTPS_PROXY/,
    ],
  ]
  for (const [name, text, status, message] of refused)
    test(`is refused with what is wrong with it: ${name}`, async () => {
      await using running = await start({ headersTimeoutMs: 300 })
      const reply = await exchange(running, text)
      const [head, body] = reply.split('\r\n\r\n') as [string, string]
      assert.match(head, new RegExp(`^HTTP/1.1 ${status} `))
      assert.match(head, /Content-Type: application\/json/i)
      assert.match(JSON.parse(body).error.message, message)
    })

  test('cuts a response that has begun, and adds nothing to it', async () => {
    await using running = await start()
    const reply = await exchange(running, 'GET /begun HTTP/1.1\r\nHost: localhost\r\n\r\n', 'hello\r\n\r\n')
    assert.match(reply, /begun\r\n$/)
    assert.doesNotMatch(reply, /invalid_request/)
  })

  test('is not an expectation that nobody knows', async () => {
    await using running = await start()
    const reply = await exchange(
      running,
      'GET / HTTP/1.1\r\nHost: localhost\r\nExpect: more\r\nConnection: close\r\n\r\n',
    )
    assert.match(reply, /^HTTP\/1\.1 200 .*read$/s)
  })
})
