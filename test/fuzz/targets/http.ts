import assert from 'node:assert/strict'
import { connect } from 'node:net'
import fc from 'fast-check'
import { cutAt } from '../../support/cut-at.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { mutated } from '../mutated.ts'
import { defineTarget } from '../target.ts'

const chat = JSON.stringify({ model: 'mock', messages: [{ role: 'user', content: 'Hello' }] })
const path = fc.oneof(
  fc.constantFrom(
    '/v1/chat/completions',
    '/v1/messages',
    '/v1/responses',
    '/v1beta/models/m:generateContent',
    '/v1/models',
    '/v1/files',
    '/openai/deployments/d/chat/completions?api-version=1',
    '/v1/../v1/models',
    '/%2e%2e/v1',
    '//',
    '*',
    'http://other/v1/models',
    '/healthz',
  ),
  fc.string({ maxLength: 40 }).map((text) => `/v1/${text}`),
)
const header = fc.constantFrom(
  'Content-Type: application/json',
  'Content-Type: multipart/form-data; boundary=b',
  'Content-Encoding: gzip',
  'Transfer-Encoding: chunked',
  'Content-Length: 5',
  'Content-Length: -1',
  'Expect: 100-continue',
  'Connection: keep-alive, X-AIRS-Session',
  'Upgrade: websocket',
  'Authorization: Bearer x',
  'X-AIRS-Session: s',
  'X-AIRS-Tags: a,b,=,;',
  'traceparent: 00-x',
  'Origin: http://evil.example',
  'Host: other.example',
  'X: \x80\xff',
)
const body = fc.oneof(
  fc.constant(chat),
  fc.json(),
  fc.constant(
    '--b\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n{}\r\n--b--\r\n',
  ),
  fc.constant('5\r\nhello\r\n0\r\n\r\n'),
  fc.string({ unit: 'binary' }),
)
const request = fc
  .tuple(
    fc.constantFrom('POST', 'GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'CONNECT', 'BREW'),
    path,
    fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', ''),
    fc.array(header, { maxLength: 5 }),
    body,
    fc.boolean(),
  )
  .map(([method, path, version, headers, body, isMeasured]) => {
    const length = isMeasured ? [`Content-Length: ${Buffer.byteLength(body)}`] : []
    const lines = [`${method} ${path} ${version}`, 'Host: localhost', ...headers, ...length]
    return `${lines.join('\r\n')}\r\n\r\n${body}`
  })

let stack: Stack | undefined
let sent = 0

/** What comes back until the server closes, or is silent for a while after it has read everything. */
function exchange(url: string, chunks: Buffer[]): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let received = ''
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      for (const chunk of chunks) socket.write(chunk)
      socket.end()
    })
    socket.setEncoding('latin1')
    socket.setTimeout(20_000, () => socket.destroy())
    socket.on('data', (text: string) => {
      received += text
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(received))
  })
}

export const http = defineTarget({
  name: 'HTTP requests: the ingress answers with what it does or why not, never with 500, and goes on',
  input: fc.tuple(
    mutated(request, [
      '\r\n',
      '\r\n\r\n',
      '\n',
      '\r',
      ' ',
      ':',
      '\0',
      'Transfer-Encoding: chunked\r\n',
      ';',
      ',',
      'ffffffff\r\n',
    ]),
    fc.array(fc.nat(), { maxLength: 3 }),
  ),
  async check([bytes, cuts]) {
    stack ??= await startStack()
    const received = await exchange(stack.urls.ingress!, cutAt(bytes, cuts))
    sent++
    for (const [, status] of received.matchAll(/^HTTP\/1\.1 (\d{3})/gm))
      assert.notEqual(status, '500', received.slice(0, 2_000))
    if (sent % 50 === 0) await goesOn(stack)
  },
  async close() {
    if (!stack) return
    await goesOn(stack)
    await stack.settled()
    await stack.stop()
    stack = undefined
  },
})

async function goesOn({ urls }: Stack): Promise<void> {
  const response = await fetch(`${urls.ingress}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: chat,
  })
  assert.equal(response.status, 200, await response.text())
}
