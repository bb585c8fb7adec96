import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openPool } from './provider-pool.ts'

const interim = 'HTTP/1.1 100 Continue\r\nx-from: proxy\r\n\r\n'
const body = `${interim}is text here`
const response = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`

for (const [what, pieces] of [
  ['none', [response]],
  ['one with the response', [interim + response]],
  ['one by itself', [interim, response]],
  ['two of them', [interim + interim, response]],
  ['one in pieces', [...(interim + response)]],
] as const)
  test(`a 100 Continue that nobody asked for is left out: ${what}`, async (t) => {
    const server = createServer((socket) =>
      socket.on('data', async () => {
        for (const piece of pieces) {
          socket.write(piece)
          await pause(1)
        }
      }),
    ).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { pool, close } = openPool(`http://127.0.0.1:${port}`, { connectMs: 1_000 })
    t.after(async () => {
      await close()
      server.close()
    })
    for (const _ of [1, 2]) {
      const received = await pool.request({ method: 'POST', path: '/', body: Buffer.alloc(10) })
      assert.equal(received.statusCode, 200)
      assert.equal(await received.body.text(), body)
    }
  })
