import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import { ApiError } from '@airs-cp/runtime'
import type { Request, Response } from 'express'
import { request as upstreamRequest } from 'undici'
import { whyNoResponse } from './why-no-response.ts'

const longestMs = 120_000

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'proxy-authorization',
  'host',
  'expect',
])

/** What a browser says of the page that asks: the console has judged it, and the service behind it is another origin. */
const browserHeader = /^(?:origin|cookie|sec-fetch-.*)$/

/**
 * Passes a control-API request on to the service behind it, token and all; that service decides who may do what. A question
 * that takes long is waited for as long as the service answers whether it is ready; a process that hangs does not.
 * @param patienceMs until it is asked, and until an answer must have come.
 * @throws ApiError 502 when the service does not respond.
 */
export async function forward(
  base: string,
  service: string,
  request: Request,
  response: Response,
  patienceMs = 5_000,
): Promise<void> {
  const leaving = new AbortController()
  response.on('close', () => leaving.abort())
  const isQuestion = request.method === 'GET' || request.method === 'HEAD'
  const responding = upstreamRequest(addressAt(base, request.originalUrl), {
    method: request.method as 'GET',
    headers: passedHeaders(request.headers),
    body: isQuestion ? null : request,
    signal: leaving.signal,
    headersTimeout: longestMs,
    bodyTimeout: 0,
  })
  const received = await (isQuestion ? unlessSilent(responding, base, patienceMs) : responding).catch(
    (error: Error) => {
      leaving.abort()
      throw new ApiError(
        502,
        'service_unreachable',
        `The ${service} service does not respond: ${whyNoResponse(error, longestMs)}`,
      )
    },
  )
  response.status(received.statusCode).set(passedHeaders(received.headers))
  await pipeline(received.body, response).catch(() => response.destroy())
}

/** Rejects once the service does not even say whether it is ready. */
async function unlessSilent<Received extends object>(
  responding: Promise<Received>,
  base: string,
  patienceMs: number,
): Promise<Received> {
  while (true) {
    const inTime = await Promise.race([responding, setTimeout(patienceMs, undefined, { ref: false })])
    const received = inTime ?? (await Promise.race([responding, askWhetherReady(base, patienceMs)]))
    if (received) return received
  }
}

async function askWhetherReady(base: string, patienceMs: number): Promise<void> {
  const { body } = await upstreamRequest(new URL('/readyz', base), {
    headersTimeout: patienceMs,
    bodyTimeout: patienceMs,
  }).catch((error: Error) => {
    throw new Error(whyNoResponse(error, 2 * patienceMs))
  })
  await body.dump()
}

/** A request line may hold a whole URL (`GET http://elsewhere/v1/mode`): where to is decided by configuration, not by it. */
function addressAt(base: string, target: string): URL {
  const asked = new URL(target, 'http://ignored')
  const address = new URL(base)
  address.pathname = asked.pathname
  address.search = asked.search
  return address
}

function passedHeaders(
  headers: Record<string, string | string[] | undefined>,
): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string | string[]] =>
        entry[1] !== undefined && !hopByHop.has(entry[0]) && !browserHeader.test(entry[0]),
    ),
  )
}
