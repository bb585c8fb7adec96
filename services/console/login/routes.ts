import { contract } from '@airs-cp/control-api'
import { ApiError, addOpenEndpoints } from '@airs-cp/runtime'
import type { Express } from 'express'
import type { LoginLinks } from './login-links.ts'
import { clearSessionCookie, sessionIdOf, setSessionCookie } from './session-cookie.ts'
import { hasCsrfToken, type Session, type Sessions } from './sessions.ts'
import type { WhoIs } from './who-is.ts'

/** Log in, look who is logged in, log out, and make a link that logs in. */
export function addLoginRoutes(
  app: Express,
  {
    sessions,
    links,
    whoIs,
    publicUrl,
  }: { sessions: Sessions; links: LoginLinks; whoIs: WhoIs; publicUrl: string | undefined },
): void {
  addOpenEndpoints(app, contract.console.login, {
    'GET /session': async ({ request }) => {
      const session = sessions.find(sessionIdOf(request))
      return { session: session ? shown(session) : null }
    },
    'POST /session': async ({ body, request, response }) => {
      const holder = 'token' in body ? await whoIs(body.token) : links.redeem(body.code)
      if (!holder)
        throw new ApiError(
          401,
          'code_unknown',
          'This login link is used up or too old; make a new one with "airs console", or paste a token',
        )
      const { id, session } = sessions.begin(holder)
      setSessionCookie(request, response, id, session.expiresAt)
      return shown(session)
    },
    'DELETE /session': async ({ request, response }) => {
      const id = sessionIdOf(request)
      const session = sessions.find(id)
      if (!session || id === undefined) return
      if (!hasCsrfToken(session, request.get('x-csrf-token'))) throw csrfTokenWrong()
      sessions.end(id)
      clearSessionCookie(request, response)
    },
    'POST /session/links': async ({ request }) => {
      const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
      if (!token)
        throw new ApiError(
          401,
          'token_missing',
          'A login link is made for a token: send "Authorization: Bearer <token>"',
        )
      const { code, expiresAt } = links.make(await whoIs(token))
      const scheme = 'encrypted' in request.socket ? 'https' : 'http'
      const base = publicUrl?.replace(/\/$/, '') ?? `${scheme}://${request.headers.host}`
      // Behind `#`, so that it reaches no log of a server and no Referer.
      return { url: `${base}/login#code=${code}`, expiresAt }
    },
  })
}

export function csrfTokenWrong(): ApiError {
  return new ApiError(
    403,
    'csrf_token_wrong',
    'A change by a page needs the X-CSRF-Token of its session; reload the page',
  )
}

function shown({ name, role, csrf, expiresAt }: Session) {
  return { name, role, csrf, expiresAt }
}
