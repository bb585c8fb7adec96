import type { ServerResponse } from 'node:http'
import type { Decision } from '@airs-cp/events'
import type { Block } from '@airs-cp/policy-engine'
import type { WireError, WireFormat } from '@airs-cp/providers'
import type { Exchange, Relayed, UpstreamFailure } from './exchange.ts'
import { clientHeaders, ownHeaders } from './upstream/headers.ts'

/** @param by.policy name of the policy that blocked, where one did. */
export function blockedError(
  by: Pick<Block, 'message' | 'action'> & { policy?: string | undefined },
): WireError {
  const { message, policy, action } = by
  return action === 'throttle'
    ? { status: 429, type: 'requests', code: 'rate_limit_exceeded', message, param: null, policy }
    : { status: 403, type: 'policy_violation', code: 'blocked_by_policy', message, param: null, policy }
}

/** The policy that blocked; nothing where what could not be judged was. */
export function blockingPolicy({ verdicts, action: done }: Decision): string | undefined {
  return verdicts.find(({ enforced, action }) => enforced && action === done)?.policy
}

export function sendError(
  response: ServerResponse,
  exchange: Exchange,
  format: WireFormat,
  error: WireError,
  decision: string,
  retryAfterSeconds?: number,
): void {
  if (response.destroyed) return
  const body = Buffer.from(format.errorBody(error))
  response.writeHead(error.status, {
    ...ownHeaders(exchange, decision),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    'content-type': 'application/json',
    'content-length': body.length,
  })
  response.end(body)
}

/** Sends what was held back: the end of the response exactly as the provider sent it. */
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
  decision: Decision,
): void {
  const policy = blockingPolicy(decision)
  if (!relayed.stream) {
    const error = blockedError({ message, policy, action: 'block' })
    sendError(response, exchange, format, error, decision.action)
    return
  }
  if (!response.headersSent)
    response.writeHead(relayed.status!, clientHeaders(relayed.headers, exchange, decision.action))
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
 * A stream that has begun ends with an error frame and without its terminator; another begun response is cut, and so is a
 * stream within a frame.
 */
export function endFailed(
  response: ServerResponse,
  exchange: Exchange,
  format: WireFormat,
  relayed: Relayed,
  { status, code, message }: UpstreamFailure,
  decision: Decision,
): void {
  const error: WireError = { status, type: 'server_error', code, message, param: null }
  if (!response.headersSent) sendError(response, exchange, format, error, decision.action)
  else if (relayed.stream && !relayed.isMidFrame) response.end(format.errorFrames(error))
  else response.destroy()
}
