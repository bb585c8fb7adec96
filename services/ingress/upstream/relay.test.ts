import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request as httpRequest, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { compilePolicySet, createStreamGuard, type StreamGuard } from '@airs-cp/policy-engine'
import { formats } from '@airs-cp/providers'
import { createFrameGuard } from '../decision/guard-frames.ts'
import type { PreparedRequest, Provider, Relayed } from '../exchange.ts'
import { createBodyRecorder } from '../recording/body-recorder.ts'
import { openPool } from '../routing/provider-pool.ts'
import { frameOf, textIn } from './chat-stream.testing.ts'
import { relay } from './relay.ts'

const subject = { tenant: 'default', providers: ['mock'], tags: [] }
const document = 'name: p\nmode: enforce\ndetectors: [{ detector: pii, types: [EMAIL] }]\naction: redact\n'
const set = compilePolicySet({
  version: 1,
  mode: 'enforce',
  policies: [{ name: 'p', version: 1, document }],
})
const long = `${'so '.repeat(400_000)}write to ann.smith@example.com`

type Passed = { relayed: Relayed; got: string; guard: StreamGuard; recordedBytes: number; delivered: number }

/** Relays what `send` sends, over real connections. @param meanwhile called when the first bytes are with the client. */
async function pass(
  send: (to: ServerResponse) => Promise<void> | void,
  { totalTimeoutMs = 20_000, leavesAfterMs }: { totalTimeoutMs?: number; leavesAfterMs?: number } = {},
): Promise<Passed> {
  const upstream = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    void send(response)
  })
  const store = () => ({}) as never
  const bodies = [createBodyRecorder(store), createBodyRecorder(store)] as const
  const guard = createStreamGuard(set, subject, 'key')!
  const done = Promise.withResolvers<Relayed>()
  const ingress = createServer((_, response) => {
    const { port } = upstream.address() as AddressInfo
    const pool = openPool(`http://127.0.0.1:${port}`, { connectMs: 1_000 })
    const provider = { name: 'mock', config: { baseUrl: `http://127.0.0.1:${port}` }, ...pool }
    const request = {
      target: { provider: provider as unknown as Provider, model: undefined },
      ...{ method: 'POST', path: '/', headers: {}, body: Buffer.from('{}') },
      format: formats['openai.chat'],
    } as unknown as PreparedRequest
    const ended = relay({
      ...{ request, response, recorder: bodies[0], deliveredRecorder: bodies[1] },
      clientFormat: formats['openai.chat'],
      createStreamTranslator: undefined,
      createGuard: () => createFrameGuard(formats['openai.chat'], guard),
      sendHead: (status, headers) =>
        void response.writeHead(status, { 'content-type': headers['content-type'] }),
      accepts: () => true,
      holdsWhole: false,
      ...{
        limitBytes: 1e8,
        maxResponseBytes: 1e8,
        totalTimeoutMs,
        isNewConnection: false,
        asksForStream: true,
      },
    })
    void ended.then(async (relayed) => {
      response.end(relayed.held)
      await pool.close()
      done.resolve(relayed)
    })
  })
  for (const server of [upstream, ingress]) await once(server.listen(0, '127.0.0.1'), 'listening')
  let got = ''
  const client = httpRequest({ port: (ingress.address() as AddressInfo).port, host: '127.0.0.1' })
  client.on('error', () => {})
  client.on('response', (response) => {
    response.setEncoding('utf8').on('data', (piece: string) => {
      got += piece
    })
    response.on('error', () => {})
    if (leavesAfterMs !== undefined) void sleep(leavesAfterMs).then(() => client.destroy())
  })
  const closed = once(client, 'close')
  client.end()
  const relayed = await done.promise
  await closed
  for (const server of [upstream, ingress]) server.close().closeAllConnections()
  return { relayed, got, guard, recordedBytes: bodies[0].bytes(), delivered: bodies[1].bytes() }
}

const changed = long.replace(/\S+@\S+/, '[EMAIL_1]')

test('what comes while a long frame is judged waits for it, and so does the end', async () => {
  const stream = [frameOf('First. '), frameOf(long), frameOf(', now'), 'data: [DONE]\n\n']
  const { relayed, got, recordedBytes, delivered } = await pass((to) => {
    for (const frame of stream) to.write(frame)
    to.end()
  })
  assert.equal(relayed.end, 'complete')
  assert.equal(textIn(got), `First. ${changed}, now`)
  assert.equal(recordedBytes, Buffer.byteLength(stream.join('')))
  assert.equal(delivered, Buffer.byteLength(got))
})

test('a provider that leaves, or whose time is over, while its long frame is judged has that judged and sent', async () => {
  for (const leave of [(to: ServerResponse) => void to.destroy(), () => {}]) {
    const { relayed, got } = await pass(
      async (to) => {
        to.write(frameOf(`${long}, `))
        await sleep(100)
        leave(to)
      },
      { totalTimeoutMs: 600 },
    )
    assert.equal(typeof relayed.end, 'object')
    assert.equal(textIn(got), `${changed}, `)
  }
})

test('time may be over at any moment while a long frame is judged: the client gets all of it or nothing', async () => {
  for (const totalTimeoutMs of [20, 35, 50, 65, 80, 100]) {
    const { relayed, got } = await pass((to) => void to.write(frameOf(`${long}, `)), { totalTimeoutMs })
    assert.equal(typeof relayed.end, 'object')
    assert.ok(got === '' || textIn(got) === `${changed}, `)
  }
})

test('a client may leave at any moment while a long frame is judged', async () => {
  const send = (to: ServerResponse) => {
    to.write(frameOf('First. '))
    to.write(frameOf(long))
  }
  for (const leavesAfterMs of [1, 10, 30, 60]) {
    const { relayed, guard } = await pass(send, { leavesAfterMs })
    assert.equal(relayed.end, 'client-left')
    const { seen = 0 } = guard.decision().scanned
    assert.ok(seen === 'First. '.length || seen === `First. ${long}`.length, `${seen} characters are judged`)
  }
})
