import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { reply, responseFrames, tokenFrames, tokenSeed } from './bodies.ts'

/** A provider that answers at once: a fixed answer, or a stream whose first frame is immediate. Tells its port. */
const frameIntervalMs = 5
const tokenIntervalMs = 20
const jsonHead = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(reply) }

const isStreamed = /"stream":\s*true/
const asksForTokens = new RegExp(`"seed":\\s*${tokenSeed}`)

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    // Some gateways write the body anew.
    const streamed = isStreamed.test(body.toString('latin1'))
    const isTokens = asksForTokens.test(body.toString('latin1'))
    const frames = isTokens ? tokenFrames : responseFrames
    if (!streamed) {
      response.writeHead(200, jsonHead).end(reply)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    let next = 0
    const send = () => {
      response.write(frames[next++])
      if (next < frames.length) return
      clearInterval(timer)
      response.end()
    }
    const timer = setInterval(send, isTokens ? tokenIntervalMs : frameIntervalMs)
    response.on('close', () => clearInterval(timer))
    send()
  })
})
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit(0))
