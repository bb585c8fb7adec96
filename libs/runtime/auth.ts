import { createHash, timingSafeEqual } from 'node:crypto'
import { ApiError } from './api-error.ts'

/** Roles of control-API tokens, each includes the ones before it. */
export const roles = ['viewer', 'exporter', 'operator', 'admin'] as const
export type Role = (typeof roles)[number]

/** Who calls a control API. */
export type Caller = { name: string; role: Role }

export type Token = { name: string; role: Role; token: string }

/**
 * Finds who presents a bearer token.
 * @throws ApiError 401 when there is none or it is not known.
 */
export function createAuthenticator(tokens: Token[]): (authorization: string | undefined) => Caller {
  const known = tokens.map(({ token, ...caller }) => ({ digest: digest(token), caller }))
  return (authorization) => {
    const presented = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
    if (!presented)
      throw new ApiError(
        401,
        'token_missing',
        'This API needs a token: send "Authorization: Bearer <token>" (the CLI reads AIRS_TOKEN, or the token file of the laptop stack)',
      )
    const presentedDigest = digest(presented)
    const match = known.find((entry) => timingSafeEqual(entry.digest, presentedDigest))
    if (!match)
      throw new ApiError(
        401,
        'token_unknown',
        'This token is not known here; check AIRS_TOKEN or the token file',
      )
    return match.caller
  }
}

/** @throws ApiError 403 when the caller's role does not include `needed`. */
export function authorize(caller: Caller, needed: Role): void {
  if (roles.indexOf(caller.role) < roles.indexOf(needed))
    throw new ApiError(
      403,
      'role_missing',
      `Token "${caller.name}" has role ${caller.role}; this needs role ${needed}`,
    )
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
