import { createHash } from 'node:crypto'
import { Agent, request } from 'node:http'

export type Digest = { bytes: number; sha256: string }

/**
 * What a client saw of one exchange.
 *
 * | end          | means                                                                       |
 * |--------------|-----------------------------------------------------------------------------|
 * | `finished`   | a 200 with everything that its length or its `[DONE]` promised              |
 * | `refused`    | any other answer, complete; `code` is its error's                           |
 * | `cut`        | an answer that began and was not completed                                  |
 * | `unanswered` | no answer                                                                   |
 */
export type SentExchange = {
  marker: string
  end: 'finished' | 'refused' | 'cut' | 'unanswered'
  stream: boolean
  startedAtMs: number
  endedAtMs: number
  session: string
  exchange: string | undefined
  status: number | undefined
  code: string | undefined
  request: Digest
  response: Digest
}

export type Call = { marker: string; session: string; stream: boolean; body: Buffer }

const agent = new Agent({ keepAlive: true })
const silenceMs = 60_000
const terminator = 'data: [DONE]\n\n'

/** Sends an exchange as an app would and returns what came of it. Never rejects. */
export function sendExchange(url: string, { marker, session, stream, body }: Call): Promise<SentExchange> {
  return new Promise((resolve) => {
    const sent: SentExchange = {
      marker,
      end: 'unanswered',
      stream,
      startedAtMs: Date.now(),
      endedAtMs: 0,
      session,
      exchange: undefined,
      status: undefined,
      code: undefined,
      request: digestOf(body),
      response: digestOf(Buffer.alloc(0)),
    }
    const chunks: Buffer[] = []
    const settle = (end: SentExchange['end']) => {
      if (sent.endedAtMs > 0) return
      const received = Buffer.concat(chunks)
      resolve(Object.assign(sent, { end, endedAtMs: Date.now(), response: digestOf(received) }))
    }
    const call = request(
      `${url}/v1/chat/completions`,
      {
        method: 'POST',
        agent,
        timeout: silenceMs,
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          authorization: 'Bearer fault',
          'x-session-id': session,
          'x-airs-tags': marker,
          'x-marker': marker,
        },
      },
      (response) => {
        sent.status = response.statusCode
        sent.exchange = response.headers['x-airs-exchange-id'] as string | undefined
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const received = Buffer.concat(chunks)
          if (!response.complete) settle('cut')
          else if (sent.status !== 200) {
            sent.code = errorCode(received)
            settle('refused')
          } else settle(!stream || received.toString('latin1').endsWith(terminator) ? 'finished' : 'cut')
        })
        response.on('error', () => settle('cut'))
        response.on('close', () => settle('cut'))
      },
    )
    call.on('timeout', () => call.destroy())
    call.on('error', () => settle(sent.status === undefined ? 'unanswered' : 'cut'))
    call.end(body)
  })
}

export function digestOf(bytes: Buffer): Digest {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

function errorCode(body: Buffer): string | undefined {
  try {
    return (JSON.parse(body.toString('utf8')) as { error?: { code?: string } }).error?.code
  } catch {
    return undefined
  }
}
