import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { ApiError } from '@airs-cp/runtime'
import express from 'express'
import { forward } from '../../services/console/forward.ts'

const servers: Server[] = []
after(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The console before that service. @returns its address, and the error of the last request. */
async function consoleBefore(service: string, patienceMs: number) {
  let failed: unknown
  const app = express()
  app.use(async (request, response) => {
    failed = await forward(service, 'audit', request, response, patienceMs).catch((error) => error)
    if (failed) response.status(failed instanceof ApiError ? failed.status : 500).end()
  })
  return { url: await serve(app), failed: () => failed }
}

/** Far more than the service needs to say that it is ready, and far less than its slow response takes. */
const patienceMs = 1_000
const slowMs = 4_000

test('a service that hangs is named as one that does not respond, long before its time is over', async () => {
  let left = 0
  const service = await serve((request) => request.on('close', () => left++))
  const { url, failed } = await consoleBefore(service, 200)
  const response = await fetch(`${url}/v1/overview`)
  assert.equal(response.status, 502)
  assert.match(String(failed()), /The audit service does not respond: it has said nothing for 0\.4 s/)
  while (left < 2) await new Promise((resolve) => setTimeout(resolve, 10))
})

test('a question that takes long is waited for while the service says whether it is ready, ready or not', async () => {
  const waitFor = async (status: number) => {
    const service = await serve((request, response) => {
      if (request.url === '/readyz') response.writeHead(status).end('{}')
      else setTimeout(() => response.end('at last'), slowMs)
    })
    const { url } = await consoleBefore(service, patienceMs)
    const response = await fetch(`${url}/v1/exchanges?text=rare`)
    assert.deepEqual([response.status, await response.text()], [200, 'at last'])
  }
  await Promise.all([200, 503].map(waitFor))
})

test('what changes something is waited for: whether it was done is known by its response alone', async () => {
  let asked = 0
  const service = await serve((request, response) => {
    if (request.url === '/readyz') asked++
    else setTimeout(() => response.writeHead(201).end(), 1_500)
  })
  const { url } = await consoleBefore(service, 200)
  assert.equal((await fetch(`${url}/v1/exports`, { method: 'POST', body: '{}' })).status, 201)
  assert.equal(asked, 0)
})
