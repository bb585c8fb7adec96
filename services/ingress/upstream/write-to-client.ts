import type { ServerResponse } from 'node:http'
import type { Source } from './start-call.ts'

/** Writes to the client, and slows the provider down while the client reads slowly. `sendHead` is called first where no head has gone. */
export function createClientWriter(
  response: ServerResponse,
  source: Source,
  sendHead: () => void,
): (chunk: Buffer) => void {
  let isPaused = false
  return (chunk) => {
    if (!response.headersSent) sendHead()
    if (response.write(chunk) || isPaused) return
    isPaused = true
    source.pause()
    response.once('drain', () => {
      isPaused = false
      source.resume()
    })
  }
}
