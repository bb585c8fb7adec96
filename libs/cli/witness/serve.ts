import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Witness } from '@airs-cp/transparency-log'

const mostBodyBytes = 64 * 1024

/** Serves `POST /add-checkpoint`. Resolves when it listens. @throws where it cannot. */
export async function serveWitness(
  witness: Witness,
  { host, port, onProblem }: { host: string; port: number; onProblem: (error: unknown) => void },
): Promise<Server> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    const respond = (status: number, type: string, body: string) =>
      response.writeHead(status, { 'content-type': type }).end(body)
    respondTo(witness, request)
      .then(({ status, type, body }) => respond(status, type, body))
      .catch((error) => {
        onProblem(error)
        respond(500, 'text/plain; charset=utf-8', 'The witness has a problem\n')
      })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return server
}

async function respondTo(witness: Witness, request: IncomingMessage) {
  const plain = (status: number, body: string) => ({ status, type: 'text/plain; charset=utf-8', body })
  if (request.url !== '/add-checkpoint') return plain(404, 'There is only /add-checkpoint\n')
  if (request.method !== 'POST') return plain(405, 'Only POST\n')
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > mostBodyBytes) return plain(413, `More than ${mostBodyBytes} bytes\n`)
    chunks.push(chunk)
  }
  return witness.addCheckpoint(Buffer.concat(chunks).toString('utf8'))
}
