/**
 * Roles of control-API tokens, the least first: each may do what those before it may, and what is said here.
 * A new role is one line, in its place.
 */
export const roles = {
  viewer: 'reads state, progress, decisions and findings; no content',
  reader: 'reads what was said: content of events and conversations; each such read is an event',
  exporter: 'makes, downloads and deletes exports',
  operator:
    'changes policies, the mode and quarantine, decides on changed MCP tools, runs backtests, replays dead letters',
  admin:
    'manages client keys, retention, legal holds and the keys of the log, erases content, imports events, rebuilds projections',
} as const

export type Role = keyof typeof roles

export const roleNames = Object.keys(roles) as [Role, ...Role[]]

/** Whether a caller with role `held` may call what needs role `needed`. */
export function admits(held: Role, needed: Role): boolean {
  return roleNames.indexOf(held) >= roleNames.indexOf(needed)
}

export function isRole(text: string): text is Role {
  return Object.hasOwn(roles, text)
}
