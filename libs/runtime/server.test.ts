import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
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
