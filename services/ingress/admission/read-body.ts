import { isAscii } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { turn } from '@airs-cp/policy-engine'
import { BodyError, noRoom, tooLarge } from './body-error.ts'
import type { ByteLease } from './byte-budget.ts'
import { createCollector } from './collect-bytes.ts'
import { isPacked, unpackBody } from './unpack-body.ts'

/** A body of this size or less is parsed beside what is in memory anyway. */
const smallBytes = 256 * 1024

/** Of a body that has been read, with the text that is parsed and judged: it has two bytes for each character where one is not ASCII. */
export const mostHeldPerByte = 3

/**
 * Reads a request's body whole, and unpacks it. The lease then holds what its text takes, too.
 * @param setting that says what the limit is.
 * @throws BodyError, Refusal, see `receiveBody` and `unpackBody`
 */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
  lease: ByteLease,
  setting?: string,
): Promise<Buffer> {
  const received = await receiveBody(request, limitBytes, lease, setting)
  const encoding = request.headers['content-encoding']
  const body = isPacked(encoding)
    ? await unpackBody(received, encoding, limitBytes, lease, setting)
    : received
  if (body.length <= smallBytes) return body
  if (!lease.hold((isAscii(body) ? 2 : mostHeldPerByte) * body.length)) throw noRoom()
  await yieldAfter(body)
  return body
}

/**
 * Lets others have their turn before a large body is looked at once more. Counting the values of 30 MB takes some 15 ms, its digest
 * 25: a stranger must not make them one step.
 */
export function yieldAfter(body: Buffer): Promise<void> | undefined {
  return body.length > smallBytes ? turn() : undefined
}

/**
 * @param lease holds as many bytes as are here. Not as many as are announced: announcing costs a client nothing.
 * @throws BodyError when the client disconnects, when the body is over `limitBytes`, or when the lease has no room. As much
 * again is then read and thrown away: a connection that is closed before the client has sent its request may lose the
 * response to it.
 */
function receiveBody(
  request: IncomingMessage,
  limitBytes: number,
  lease: ByteLease,
  setting: string | undefined,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const announced = Number(request.headers['content-length'] ?? 0)
    const body = createCollector(announced)
    let bytes = 0
    let isRefused = false
    let isRead = false
    const refuse = (error: BodyError) => {
      isRefused = true
      body.drop()
      lease.release()
      reject(error)
    }
    if (announced > limitBytes) refuse(tooLarge(limitBytes, setting))
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > smallBytes) takeTurns(request)
      if (bytes > 2 * limitBytes) request.destroy()
      else if (isRefused) return
      else if (bytes > limitBytes) refuse(tooLarge(limitBytes, setting))
      else if (!lease.hold(bytes)) refuse(noRoom())
      else body.add(chunk)
    })
    const left = () => {
      if (isRead || isRefused) return
      isRefused = true
      body.drop()
      reject(new BodyError('client-left', 'The client disconnected before its request was complete'))
    }
    request.on('error', left)
    request.on('close', left)
    request.on('end', () => {
      request.off('close', left)
      if (isRefused) return
      isRead = true
      resolve(body.bytes())
    })
  })
}

const atOnce = 4
const waiting: IncomingMessage[] = []

/**
 * Lets others have their turn before more of a large body is read: one read may take 2 MB otherwise, and forty connections may bring
 * as much at once.
 */
function takeTurns(request: IncomingMessage): void {
  request.pause()
  if (waiting.push(request) === 1) setImmediate(resumeNext)
}

function resumeNext(): void {
  for (const request of waiting.splice(0, atOnce)) request.resume()
  if (waiting.length > 0) setImmediate(resumeNext)
}
