import { digest, type Session, secret } from './sessions.ts'

type Holder = Pick<Session, 'token' | 'name' | 'role'>

const lifetimeMs = 60 * 60 * 1_000
const maxLinks = 1_000

export type LoginLinks = ReturnType<typeof createLoginLinks>

/** Codes that log a browser in once, each for the token of the one who asked for it. */
export function createLoginLinks(now: () => number = Date.now) {
  const links = new Map<string, Holder & { expiresAt: Date }>()
  return {
    make(holder: Holder): { code: string; expiresAt: Date } {
      for (const [key, { expiresAt }] of links) if (expiresAt.getTime() <= now()) links.delete(key)
      if (links.size >= maxLinks) links.delete(links.keys().next().value!)
      const code = secret()
      const expiresAt = new Date(now() + lifetimeMs)
      links.set(digest(code), { ...holder, expiresAt })
      return { code, expiresAt }
    },
    /** Undefined for a code that is unknown, used or too old. */
    redeem(code: string): Holder | undefined {
      const key = digest(code)
      const found = links.get(key)
      links.delete(key)
      return found && found.expiresAt.getTime() > now() ? found : undefined
    },
  }
}
