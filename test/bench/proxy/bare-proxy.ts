import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'

/** Forwards to the origin in its first argument and understands nothing: what node:http and undici cost by themselves. */
const pool = new Pool(process.argv[2]!, { connections: null })

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { authorization, 'content-type': type } = request.headers
    pool.dispatch(
      {
        method: 'POST',
        path: request.url!,
        headers: { authorization: authorization ?? '', 'content-type': type ?? '' },
        body: Buffer.concat(chunks),
      },
      {
        onRequestStart() {},
        onResponseStart(_controller, status, headers) {
          const length = headers['content-length']
          response.writeHead(status, {
            'content-type': String(headers['content-type']),
            ...(length !== undefined && { 'content-length': String(length) }),
          })
        },
        onResponseData(_controller, chunk) {
          response.write(chunk)
        },
        onResponseEnd() {
          response.end()
        },
        onResponseError() {
          response.destroy()
        },
      },
    )
  })
})
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit(0))
