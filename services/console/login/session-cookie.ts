import type { Request, Response } from 'express'

/** Cookies do not distinguish ports: each port has a name of its own, so that two consoles of one host do not log each other out. */
function cookieName(request: Request): string {
  return `airs-session-${request.socket.localPort}`
}

export function sessionIdOf(request: Request): string | undefined {
  const wanted = `${cookieName(request)}=`
  return request.headers.cookie
    ?.split(/; */)
    .find((cookie) => cookie.startsWith(wanted))
    ?.slice(wanted.length)
}

export function setSessionCookie(request: Request, response: Response, id: string, expires: Date): void {
  response.cookie(cookieName(request), id, { ...attributes(request), expires })
}

export function clearSessionCookie(request: Request, response: Response): void {
  response.clearCookie(cookieName(request), attributes(request))
}

/** Secure on TLS, ours or that of a proxy before us. */
function attributes(request: Request) {
  const secure = 'encrypted' in request.socket || request.headers['x-forwarded-proto'] === 'https'
  return { httpOnly: true, sameSite: 'strict' as const, path: '/', secure }
}
