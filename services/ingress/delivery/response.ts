import type { ServerResponse } from 'node:http'
import type { Block } from '@airs-cp/policy-engine'
import type { WireError, WireFormat } from '@airs-cp/providers'
import type { Exchange } from '../exchange.ts'
import { ownHeaders } from '../upstream/headers.ts'

/**
 * What the client still gets: the head where none has gone, and the last bytes. `cut` breaks the connection off, which
 * says that a response that has begun is not complete, and so does `isCut` behind the bytes; `none` is for a client that has left.
 */
export type RestOfResponse =
  | { status: number; headers: Record<string, string | string[]>; bytes: Buffer | string; isCut?: true }
  | 'cut'
  | 'none'

/** The head of a response: whether it has gone out, and with which status. */
export type Head = { isSent: boolean; status: number }

export function headOf({ headersSent, statusCode }: ServerResponse): Head {
  return { isSent: headersSent, status: statusCode }
}

export function sendRest(response: ServerResponse, rest: RestOfResponse): void {
  if (rest === 'none' || response.destroyed) return
  if (rest === 'cut') {
    response.destroy()
    return
  }
  if (!response.headersSent) response.writeHead(rest.status, rest.headers)
  if (rest.isCut) response.write(rest.bytes, () => response.destroy())
  else response.end(rest.bytes)
}

/** An error in the shape that the client's format gives it. */
export function errorResponse(
  exchange: Exchange,
  format: WireFormat,
  error: WireError,
  decision: string,
  retryAfterSeconds?: number,
): RestOfResponse {
  const bytes = Buffer.from(format.errorBody(error))
  return {
    status: error.status,
    headers: {
      ...ownHeaders(exchange, decision),
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
      ...(error.status === 426 && { connection: 'upgrade', upgrade: 'HTTP/1.1' }),
      'content-type': 'application/json',
      'content-length': String(bytes.length),
    },
    bytes,
  }
}

/** @param by.policy name of the policy that blocked, where one did. */
export function blockedError(
  by: Pick<Block, 'message' | 'action'> & { policy?: string | undefined },
): WireError {
  const { message, policy, action } = by
  return action === 'throttle'
    ? { status: 429, type: 'requests', code: 'rate_limit_exceeded', message, param: null, policy }
    : { status: 403, type: 'policy_violation', code: 'blocked_by_policy', message, param: null, policy }
}
