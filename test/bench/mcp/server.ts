import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An MCP server with one tool, which responds at once. Reports its port. */
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const message = parse(Buffer.concat(chunks).toString('utf8'))
    if (message?.params === undefined) return void response.writeHead(405).end()
    const { id, params } = message
    const content = [{ type: 'text', text: `${params.name}: ${'a line of what was found\n'.repeat(20)}` }]
    const body = JSON.stringify({ jsonrpc: '2.0', id, result: { resultType: 'complete', content } })
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body)
  })
})
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit(0))

/** Undefined for what is no message, such as the question whether somebody listens here. */
function parse(text: string): { id: unknown; params: { name: string } } | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
