import { isRole, type Role } from '@airs-cp/control-api'
import { ApiError } from '@airs-cp/runtime'
import { request } from 'undici'
import { whyNoResponse } from '../why-no-response.ts'

const limitMs = 10_000

export type WhoIs = (token: string) => Promise<{ token: string; name: string; role: Role }>

/** Asks the policy service whose token it is: the console itself knows no token. @throws ApiError 401, 502 */
export function createWhoIs(policyUrl: string): WhoIs {
  return async (token) => {
    // What no header can carry is no token.
    if (!/^[\x21-\x7e]+$/.test(token.trim())) throw unknownToken()
    const { statusCode, body } = await request(new URL('/v1/caller', policyUrl), {
      headers: { authorization: `Bearer ${token.trim()}` },
      headersTimeout: limitMs,
      bodyTimeout: limitMs,
    }).catch((error: Error) => {
      throw new ApiError(
        502,
        'service_unreachable',
        `The policy service, which knows the tokens, does not respond: ${whyNoResponse(error, limitMs)}`,
      )
    })
    const read = (await body.json()) as {
      name?: string
      role?: string
      error?: { code: string; message: string }
    }
    if (statusCode === 200 && read.name !== undefined && read.role !== undefined && isRole(read.role))
      return { token: token.trim(), name: read.name, role: read.role }
    if (statusCode === 401) throw unknownToken(read.error)
    throw new ApiError(
      502,
      'service_unreachable',
      `The policy service could not check the token: status ${statusCode}`,
    )
  }
}

function unknownToken(error?: { code: string; message: string }): ApiError {
  return new ApiError(401, error?.code ?? 'token_unknown', error?.message ?? 'This token is not known here')
}
