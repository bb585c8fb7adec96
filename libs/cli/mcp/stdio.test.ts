import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { bridge } from './bridge.ts'
import { serveStdio } from './serve-stdio.ts'

// biome-ignore lint/suspicious/noExplicitAny: any message
type Message = any

/** A server on stdio. Two calls of `pair` wait for each other; `ask` asks the client, and responds with what it says. */
const program = `
const write = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n')
const waiting = [], cancelled = []
let text = '', asking
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  text += chunk
  for (let at = text.indexOf('\\n'); at >= 0; at = text.indexOf('\\n')) {
    const line = text.slice(0, at)
    text = text.slice(at + 1)
    take(JSON.parse(line))
  }
})
function take({ id, method, params, result }) {
  if (method === 'pair') {
    waiting.push({ id, params })
    if (waiting.length < 2) return
    for (const { id, params } of waiting.splice(0).reverse()) {
      const progressToken = params._meta.progressToken
      write({ method: 'notifications/progress', params: { progressToken, progress: 1, message: params.text } })
      write({ id, result: params.text })
    }
  } else if (method === 'tell') {
    write({ method: 'notifications/told' })
    write({ id, result: {} })
  } else if (method === 'ask') {
    asking = id
    write({ id: 'q1', method: 'elicitation/create', params: {} })
  } else if (id === 'q1') write({ id: asking, result })
  else if (method === 'notifications/cancelled') write({ id: params.requestId, result: 'cancelled' })
  else if (method === 'last') {
    for (let count = 0; count < params.count; count++) write({ method: 'notifications/count', params: { count } })
    write({ id, result: 'bye' })
    process.stdout.write('', () => process.exit(3))
  } else if (method !== 'never' && id !== undefined) write({ id, result: params ?? {} })
}`

async function serve(t: TestContext) {
  const served = await serveStdio({
    ...{ command: [process.execPath, '-e', program], env: {}, port: 0, token: undefined },
    note: (text) => t.diagnostic(text),
  })
  t.after(() => served.close())
  const post = (message: object, headers = {}) =>
    fetch(served.url, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
      signal: AbortSignal.timeout(120_000),
    })
  const messagesOf = async (response: Response): Promise<Message[]> =>
    [...(await response.text()).matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data!))
  const ask = async (message: object, headers = {}) => messagesOf(await post(message, headers))
  const begin = async () => {
    const response = await post({ id: 0, method: 'initialize', params: {} })
    await response.text()
    return { 'mcp-session-id': response.headers.get('mcp-session-id')! }
  }
  return { ...served, post, ask, begin }
}

test('clients without a session get each its own results and progress, whatever ids they have', async (t) => {
  const { ask } = await serve(t)
  const found = await Promise.all(
    ['one', 'two'].map((text) =>
      ask({ id: 1, method: 'pair', params: { text, _meta: { progressToken: 7 } } }),
    ),
  )
  for (const [index, text] of ['one', 'two'].entries())
    assert.deepEqual(found[index], [
      {
        ...{ jsonrpc: '2.0', method: 'notifications/progress' },
        params: { progressToken: 7, progress: 1, message: text },
      },
      { jsonrpc: '2.0', id: 1, result: text },
    ])
})

test('a client cancels a request by the id that it gave it', async (t) => {
  const { ask, post, begin } = await serve(t)
  const session = await begin()
  const asking = ask({ id: 'slow', method: 'never' }, session)
  await ask({ id: 2, method: 'ping' }, session)
  await post({ method: 'notifications/cancelled', params: { requestId: 'slow' } }, session)
  assert.deepEqual(await asking, [{ jsonrpc: '2.0', id: 'slow', result: 'cancelled' }])
})

test('what the server asks reaches the client whose listening stream has ended', async (t) => {
  const { url, post, ask, begin } = await serve(t)
  const session = await begin()
  const deadline = Date.now() + 60_000
  const leaving = new AbortController()
  const listening = await fetch(url, { headers: session, signal: leaving.signal })
  leaving.abort()
  await listening.text().catch(() => {})
  for (let heard: Message[] = []; heard.length < 2; ) {
    assert.ok(Date.now() < deadline, 'what the server says has no reader')
    heard = await ask({ id: 1, method: 'tell' }, session)
  }
  const asking = await post({ id: 1, method: 'ask' }, session)
  let text = ''
  let isAnswered = false
  for await (const chunk of asking.body!) {
    text += Buffer.from(chunk).toString()
    if (isAnswered || !text.includes('elicitation/create')) continue
    isAnswered = true
    assert.equal((await post({ id: 'q1', result: { action: 'accept' } }, session)).status, 202)
  }
  assert.match(text, /"id":1,"result":\{"action":"accept"\}|"result":\{"action":"accept"\},"id":1/)
})

test('what a program has written before it ends is passed on, and what it owes is an error', async (t) => {
  const { ask } = await serve(t)
  const never = ask({ id: 1, method: 'never' })
  await ask({ id: 2, method: 'ping' })
  const found = await ask({ id: 3, method: 'last', params: { count: 1_000 } })
  assert.equal(found.length, 1_001)
  assert.deepEqual(found.at(-1), { jsonrpc: '2.0', id: 3, result: 'bye' })
  const [{ id, error }] = await never
  assert.equal(id, 1)
  assert.match(error.message, /exit code 3/)
})

/** Has lines bridged to `url`. */
function connect(t: TestContext, url: string, encoding?: BufferEncoding) {
  const input = new PassThrough({ encoding })
  const output = new PassThrough()
  const written: Message[] = []
  output.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n')) if (line !== '') written.push(JSON.parse(line))
  })
  const ended = bridge({ url, headers: {}, input, output, note: (text) => t.diagnostic(text) })
  t.after(() => input.end())
  const until = async (isThere: (message: Message) => boolean) => {
    for (const deadline = Date.now() + 120_000; !written.some(isThere); ) {
      assert.ok(Date.now() < deadline, JSON.stringify(written))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  return { input, written, until, ended }
}

test('a line ends where a line feed is, and not at what Unicode calls a separator', async (t) => {
  const { url } = await serve(t)
  const params = { text: 'one\u2028two\u2029three\u0085four' }
  for (const encoding of [undefined, 'utf8'] as const) {
    const { input, written, ended } = connect(t, url, encoding)
    input.end(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'echo', params })}\r\n`)
    await ended
    assert.deepEqual(written, [{ jsonrpc: '2.0', id: 1, result: params }])
  }
})

test('the bridge listens again where its stream has ended, from the last message on', async (t) => {
  const asked: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    if (request.method !== 'GET') return void response.writeHead(202).end()
    asked.push(request.headers)
    if (asked.length === 1) return void request.socket.destroy()
    if (asked.length > 3) return void response.writeHead(405).end()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const method = `notifications/${asked.length}`
    response.end(`id: event-${asked.length}\ndata: ${JSON.stringify({ jsonrpc: '2.0', method })}\n\n`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { input, written, until, ended } = connect(
    t,
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp/files`,
  )
  input.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
  await until(({ method }) => method === 'notifications/3')
  for (const deadline = Date.now() + 120_000; asked.length < 4 && Date.now() < deadline; )
    await new Promise((resolve) => setTimeout(resolve, 20))
  assert.deepEqual(
    asked.map((headers) => headers['last-event-id']),
    [undefined, undefined, 'event-2', 'event-3'],
  )
  assert.equal(written.length, 2)
  input.end()
  await ended
})
