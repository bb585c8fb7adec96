import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Takes telemetry and throws it away. */
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200).end())
})
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit(0))
