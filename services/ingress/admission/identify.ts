import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { uuidv7 } from '@airs-cp/events'
import { clientCredential, meantRoute } from '@airs-cp/providers'
import type { Exchange } from '../exchange.ts'
import { withoutUser } from '../recording/hide-credentials.ts'
import { hopsOf } from './hops.ts'
import { knownAgent } from './known-agents.ts'

/** Of a longer list the last ones count: a trusted proxy appends its own to what a client sent. */
const maxListItems = 32
const maxHeaderCharacters = 256
const traceparentPattern = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

export function isTraceparent(value: unknown): value is string {
  return typeof value === 'string' && traceparentPattern.test(value)
}

/** Reads from the headers who is calling and in which session; a session is minted where none is named. */
export function identify(request: IncomingMessage, tenant: string, fingerprintKey: string): Exchange {
  const { headers, method = 'GET', url = '/' } = request
  const queryAt = url.indexOf('?')
  const path = queryAt < 0 ? url : url.slice(0, queryAt)
  const header = one(headers.traceparent)
  const traceparent = isTraceparent(header) ? header : undefined
  const known = knownAgent(headers)
  const named = one(headers['x-session-id'])?.slice(0, maxHeaderCharacters) || known.session
  return {
    id: uuidv7(),
    session: named || sessionOfTrace(traceparent) || uuidv7(),
    isSessionNamed: Boolean(named),
    tenant,
    method,
    path: withoutUser(path),
    route: meantRoute(method, path),
    query: queryAt < 0 ? '' : url.slice(queryAt),
    tags: listOf(one(headers['x-airs-tags'])),
    agent: one(headers['x-airs-agent'])?.slice(0, maxHeaderCharacters) ?? known.agent,
    sources: listOf(one(headers['x-airs-sources'])),
    hops: hopsOf(headers),
    credential: credentialOf(request, fingerprintKey),
    address: request.socket.remoteAddress,
    caller: undefined,
    key: undefined,
    verified: undefined,
    unguarded: undefined,
    sentTo: undefined,
    traceparent,
    trace: undefined,
    startedAtMs: performance.now(),
  }
}

/** What one trace does is one session, where nobody names one: an agent's calls of models and of tools. */
export function sessionOfTrace(traceparent: string | undefined): string | undefined {
  return traceparent && `trace-${traceparent.slice(3, 35)}`
}

/** The last credential of each connection, so that a client that stays does not cost a digest with every request. */
const lastFingerprints = new WeakMap<Socket, { secret: string; key: string; fingerprint: string }>()

/** A keyed fingerprint reports that two requests came with the same credential, and nothing else of it. */
function credentialOf({ headers, socket }: IncomingMessage, key: string): Exchange['credential'] {
  const secret = clientCredential(headers as Record<string, string | string[]>)
  if (secret === undefined) return undefined
  let last = lastFingerprints.get(socket)
  if (last?.secret !== secret || last.key !== key) {
    const fingerprint = createHmac('sha256', key).update(secret).digest('hex').slice(0, 32)
    last = { secret, key, fingerprint }
    lastFingerprints.set(socket, last)
  }
  return {
    scheme: headers['x-api-key'] || headers['api-key'] || headers['x-goog-api-key'] ? 'key' : 'bearer',
    fingerprint: last.fingerprint,
  }
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

function listOf(header: string | undefined): string[] {
  if (!header) return []
  return header
    .split(',')
    .map((item) => item.trim().slice(0, maxHeaderCharacters))
    .filter(Boolean)
    .slice(-maxListItems)
}
