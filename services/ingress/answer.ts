import type { ServerResponse } from 'node:http'
import type { Decision } from '@airs-cp/events'
import type { WireError, WireFormat } from '@airs-cp/providers'
import type { Exchange } from './exchange.ts'
import { clientHeaders, ownHeaders } from './headers.ts'
import type { Relayed } from './relay.ts'
import type { UpstreamError } from './upstream-error.ts'

/** @param policy name of the policy that blocked, where one did. */
export function blockedError(message: string, policy: string | undefined): WireError {
  return { status: 403, type: 'policy_violation', code: 'blocked_by_policy', message, param: null, policy }
}

/** The policy that blocked; nothing where what could not be judged was. */
export function blockingPolicy({ verdicts }: Decision): string | undefined {
  return verdicts.find(({ enforced, action }) => enforced && action === 'block')?.policy
}

export function answerError(
  response: ServerResponse,
  exchange: Exchange,
  format: WireFormat,
  error: WireError,
  decision: string,
): void {
  if (response.destroyed) return
  const body = Buffer.from(format.errorBody(error))
  response.writeHead(error.status, {
    ...ownHeaders(exchange, decision),
    'content-type': 'application/json',
    'content-length': body.length,
  })
  response.end(body)
}

/** Sends what was held back: the end of the answer exactly as the provider sent it. */
export function endAsReceived(
  response: ServerResponse,
  exchange: Exchange,
  relayed: Relayed,
  decision: Decision,
): void {
  if (!response.headersSent) {
    const headers = clientHeaders(relayed.headers, exchange, decision.action)
    if (!relayed.stream) headers['content-length'] = String(relayed.held.length)
    response.writeHead(relayed.status!, headers)
  }
  response.end(relayed.held)
}

export function endRewritten(
  response: ServerResponse,
  exchange: Exchange,
  relayed: Relayed,
  body: Buffer,
): void {
  response.writeHead(relayed.status!, {
    ...clientHeaders(relayed.headers, exchange, 'redact'),
    'content-length': String(body.length),
  })
  response.end(body)
}

export function endBlocked(
  response: ServerResponse,
  exchange: Exchange,
  format: WireFormat,
  relayed: Relayed,
  message: string,
  policy: string | undefined,
): void {
  if (!relayed.stream) {
    answerError(response, exchange, format, blockedError(message, policy), 'block')
    return
  }
  if (!response.headersSent)
    response.writeHead(relayed.status!, clientHeaders(relayed.headers, exchange, 'block'))
  const identity = {
    id: exchange.id,
    model: relayed.follower?.model() ?? 'unknown',
    createdSeconds: Math.floor(Date.now() / 1_000),
    policy,
  }
  const ending =
    relayed.guard?.blockedEnding(identity, message) ??
    format.createFollower().blockedEnding(identity, message)
  response.end(ending)
}

/**
 * A stream that has begun ends with an error frame and without its terminator; another begun answer is cut, and so is a
 * stream within a frame.
 */
export function endFailed(
  response: ServerResponse,
  exchange: Exchange,
  format: WireFormat,
  relayed: Relayed,
  { status, code, message }: UpstreamError,
  decision: Decision,
): void {
  const error: WireError = { status, type: 'server_error', code, message, param: null }
  if (!response.headersSent) answerError(response, exchange, format, error, decision.action)
  else if (relayed.stream && !relayed.isMidFrame) response.end(format.errorFrames(error))
  else response.destroy()
}
