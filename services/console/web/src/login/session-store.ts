import { useSyncExternalStore } from 'react'
import type { Schemas } from '../api/schemas.ts'

export type Session = Schemas['ConsoleSession']
/** `unknown` until the console has said whether there is a session. */
export type SessionState =
  | { state: 'unknown' }
  | { state: 'none'; ended: boolean; problem?: unknown }
  | { state: 'open'; session: Session }

let current: SessionState = { state: 'unknown' }
const listeners = new Set<() => void>()

/** The session as pages see it. The id is in a cookie that no script reads; only name, role and CSRF token are here, in memory. */
export function useSession(): SessionState {
  return useSyncExternalStore(subscribe, () => current)
}

export function setSession(next: SessionState): void {
  current = next
  for (const listener of listeners) listener()
}

/** A request was refused because there is no session any more. */
export function sessionEnded(): void {
  if (current.state === 'open') setSession({ state: 'none', ended: true })
}

export function csrfToken(): string {
  return current.state === 'open' ? current.session.csrf : ''
}

export function currentSession(): Session | undefined {
  return current.state === 'open' ? current.session : undefined
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
