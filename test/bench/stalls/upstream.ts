import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { reply } from '../proxy/bodies.ts'
import { kindsOf } from './kinds.ts'

/** A provider and an MCP server that respond with a small body, or with the large one that the request names. Reports its port. */
const responses = new Map(kindsOf(Number(process.argv[2])).map(({ name, response }) => [name, response]))
const result = '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"found"}]}}'

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const name = /respond with ([\w: ]+)"/.exec(Buffer.concat(chunks).toString('latin1', 0, 1000))?.[1]
    const body = Buffer.from(responses.get(name ?? '') ?? (request.url === '/mcp' ? result : reply))
    const type = body.subarray(0, 6).toString() === 'data: ' ? 'text/event-stream' : 'application/json'
    response.writeHead(200, { 'content-type': type, 'content-length': body.length }).end(body)
  })
})
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit(0))
