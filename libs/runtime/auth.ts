import { createHash, timingSafeEqual } from 'node:crypto'
import { admits, type Role } from '@airs-cp/control-api'
import { ApiError } from './api-error.ts'

/** Who calls a control API. */
export type Caller = { name: string; role: Role }

/** A token that is admitted, known by its SHA-256 alone. */
export type KnownToken = Caller & { sha256: Buffer; expiresAtMs?: number }

/**
 * Finds who presents a bearer token.
 * @param known the tokens in force, asked at each request.
 * @throws ApiError 401 when there is none, or it is not known, or its time is over.
 */
export function createAuthenticator(
  known: () => readonly KnownToken[],
  now: () => number = Date.now,
): (authorization: string | undefined) => Caller {
  return (authorization) => {
    const presented = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
    if (!presented)
      throw new ApiError(
        401,
        'token_missing',
        'This API needs a token: send "Authorization: Bearer <token>" (the CLI reads AIRS_TOKEN, or the token file of the laptop stack)',
      )
    const digest = sha256(presented)
    const match = known().find((token) => timingSafeEqual(token.sha256, digest))
    if (!match)
      throw new ApiError(
        401,
        'token_unknown',
        'This token is not known here; check AIRS_TOKEN or the token file',
      )
    const { name, role, expiresAtMs } = match
    if (expiresAtMs !== undefined && expiresAtMs <= now())
      throw new ApiError(
        401,
        'token_expired',
        `Token "${name}" has expired; ask for a new one (airs tokens create)`,
      )
    return { name, role }
  }
}

/** @throws ApiError 403 when the caller's role does not include `needed`. */
export function authorize(caller: Caller, needed: Role): void {
  if (!admits(caller.role, needed))
    throw new ApiError(
      403,
      'role_missing',
      `Token "${caller.name}" has role ${caller.role}; this needs role ${needed}: ask an administrator for such a token (airs tokens create)`,
    )
}

export function sha256(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
