import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Role } from '@airs-cp/control-api'

/** A browser that has logged in. The token stays on this side; the browser has a cookie that names the session. */
export type Session = {
  token: string
  name: string
  role: Role
  csrf: string
  expiresAt: Date
}

const lifetimeMs = 12 * 60 * 60 * 1_000
/** A new login ends the oldest session beyond this number. */
const maxSessions = 1_000

export type Sessions = ReturnType<typeof createSessions>

/**
 * Sessions of browsers, in memory and known by the digest of their id: a restart of the console ends them all. A way to log in
 * (a pasted token, a link, later OIDC) ends in `begin`.
 */
export function createSessions(now: () => number = Date.now) {
  const sessions = new Map<string, Session>()
  return {
    begin({ token, name, role }: Pick<Session, 'token' | 'name' | 'role'>): { id: string; session: Session } {
      for (const [key, { expiresAt }] of sessions) if (expiresAt.getTime() <= now()) sessions.delete(key)
      if (sessions.size >= maxSessions) sessions.delete(sessions.keys().next().value!)
      const id = secret()
      const session = { token, name, role, csrf: secret(), expiresAt: new Date(now() + lifetimeMs) }
      sessions.set(digest(id), session)
      return { id, session }
    },
    find(id: string | undefined): Session | undefined {
      const session = id === undefined ? undefined : sessions.get(digest(id))
      return session && session.expiresAt.getTime() > now() ? session : undefined
    },
    end(id: string): void {
      sessions.delete(digest(id))
    },
  }
}

/** Whether a request that changes something comes from a page of ours: it repeats what only such a page could read. */
export function hasCsrfToken(session: Session, header: string | undefined): boolean {
  const [wanted, given] = [Buffer.from(session.csrf), Buffer.from(header ?? '')]
  return wanted.length === given.length && timingSafeEqual(wanted, given)
}

export function secret(): string {
  return randomBytes(32).toString('base64url')
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
