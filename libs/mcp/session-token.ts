import { createHmac, timingSafeEqual } from 'node:crypto'
import type { JsonObject } from './json.ts'
import { isRevision, type Revision } from './revisions.ts'

/**
 * What a session with a handshake agreed on. It travels in the session id that the client gets, signed, so that the gateway keeps
 * nothing: any process of it, and the next one, can go on with the session.
 */
export type SessionState = {
  server: string
  /** Whose session it is; nobody else may use its id. */
  caller: string
  /** AIRS session of its exchanges, where a request names none. */
  session: string
  client: Revision
  upstream: Revision
  /** The server's own session id, where it gave one. */
  upstreamSession?: string | undefined
  /** For a server that has no handshake, which is asked with them each time. */
  clientInfo?: JsonObject | undefined
  clientCapabilities?: JsonObject | undefined
}

/** What a header can carry beside others; a client with more to say of itself says less. */
const mostCharacters = 6_000

/** The session id for a client: visible ASCII, as the specification asks. */
export function sealSession(state: SessionState, key: string): string {
  const sealed = seal(state, key)
  if (sealed.length <= mostCharacters) return sealed
  return seal({ ...state, clientInfo: undefined }, key)
}

function seal(state: SessionState, key: string): string {
  const payload = Buffer.from(JSON.stringify(state)).toString('base64url')
  return `${payload}.${signature(payload, key)}`
}

/** @returns undefined for an id that this gateway did not give. */
export function openSession(id: string, key: string): SessionState | undefined {
  const [payload = '', given = '', ...more] = id.split('.')
  const expected = Buffer.from(signature(payload, key))
  const found = Buffer.from(given)
  if (more.length > 0 || found.length !== expected.length || !timingSafeEqual(found, expected))
    return undefined
  const state = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as SessionState
  return isRevision(state.client) && isRevision(state.upstream) ? state : undefined
}

function signature(payload: string, key: string): string {
  return createHmac('sha256', key).update(`mcp-session ${payload}`).digest('base64url')
}
