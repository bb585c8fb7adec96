import { ApiError } from '@airs-cp/runtime'
import type { Request } from 'express'
import { csrfTokenWrong } from './routes.ts'
import { sessionIdOf } from './session-cookie.ts'
import { hasCsrfToken, type Sessions } from './sessions.ts'

/**
 * The token of the session whose cookie a request carries, for the service behind. A request with a token of its own keeps it;
 * one without a cookie gets none, and that service refuses it.
 * @throws ApiError 401 when the session has ended, 403 when a change lacks the CSRF token.
 */
export function sessionToken(sessions: Sessions, request: Request): string | undefined {
  if (request.headers.authorization !== undefined) return undefined
  const id = sessionIdOf(request)
  if (id === undefined) return undefined
  const session = sessions.find(id)
  if (!session) throw new ApiError(401, 'session_expired', 'The session has ended: log in again')
  const changes = request.method !== 'GET' && request.method !== 'HEAD'
  if (changes && !hasCsrfToken(session, request.get('x-csrf-token'))) throw csrfTokenWrong()
  return session.token
}
