import type { Schemas } from '../api/schemas.ts'
import { useSession } from './session-store.ts'

type Role = Schemas['Caller']['role']

/** The least first: each may do what those before it may. */
const roles: readonly Role[] = ['viewer', 'reader', 'exporter', 'operator', 'admin']

/** What each action needs. It decides whether a button is enabled, and makes the sentence why it is not. */
const actions = {
  'read content': 'reader',
  'make exports': 'exporter',
  'change policies': 'operator',
  'change the mode': 'operator',
  'run backtests': 'operator',
  'quarantine and release sessions': 'operator',
  'decide on MCP tools': 'operator',
  'replay dead letters': 'operator',
  'make and revoke keys': 'admin',
  'erase content': 'admin',
  'set the retention': 'admin',
  'place and release holds': 'admin',
} as const satisfies Record<string, Role>

export type Action = keyof typeof actions

/** Undefined where the session may do it, else the sentence why not. */
function refusalFor(role: Role | undefined, action: Action): string | undefined {
  const needed = actions[action]
  if (role !== undefined && roles.indexOf(role) >= roles.indexOf(needed)) return undefined
  return `Your role is ${role ?? 'none'}. To ${action} you need the role ${needed}.`
}

export function useRefusal(action: Action): string | undefined {
  const state = useSession()
  return refusalFor(state.state === 'open' ? state.session.role : undefined, action)
}
